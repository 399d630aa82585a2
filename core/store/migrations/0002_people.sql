CREATE TABLE "mainloop"."joins" (
	"id" serial PRIMARY KEY NOT NULL,
	"person" integer NOT NULL,
	"account" text NOT NULL,
	"through" text NOT NULL,
	"at" bigint NOT NULL,
	"undone_at" bigint
);
--> statement-breakpoint
CREATE TABLE "mainloop"."limits" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"since" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mainloop"."codes" ADD COLUMN "holder" text;--> statement-breakpoint
ALTER TABLE "mainloop"."people" ADD COLUMN "projects" jsonb;--> statement-breakpoint
ALTER TABLE "mainloop"."projects" ADD COLUMN "self_approval" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "mainloop"."proposals" ADD COLUMN "proposer" integer;--> statement-breakpoint
ALTER TABLE "mainloop"."codes" ADD CONSTRAINT "codes_holder_unique" UNIQUE("holder");