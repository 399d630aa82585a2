CREATE TABLE "mainloop"."charges" (
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mainloop"."worker_events" ALTER COLUMN "seq" SET DATA TYPE double precision;