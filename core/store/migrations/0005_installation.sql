CREATE TABLE "mainloop"."installation" (
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
INSERT INTO "mainloop"."installation" ("id") VALUES (left(gen_random_uuid()::text, 5));
