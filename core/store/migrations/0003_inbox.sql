CREATE TABLE "mainloop"."askings" (
	"ask" integer NOT NULL,
	"person" integer NOT NULL,
	"told" integer NOT NULL,
	"due_at" bigint,
	"snoozed_until" bigint,
	"reminds" boolean NOT NULL,
	CONSTRAINT "askings_ask_person_pk" PRIMARY KEY("ask","person")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."inboxes" (
	"person" integer PRIMARY KEY NOT NULL,
	"surfaces" jsonb,
	"zone" text,
	"quiet" jsonb,
	"digest_at" bigint
);
--> statement-breakpoint
CREATE TABLE "mainloop"."spending" (
	"task" integer NOT NULL,
	"at" bigint NOT NULL,
	"usd" double precision NOT NULL,
	CONSTRAINT "spending_task_at_pk" PRIMARY KEY("task","at")
);
--> statement-breakpoint
ALTER TABLE "mainloop"."asks" ADD COLUMN "draft" jsonb;--> statement-breakpoint
ALTER TABLE "mainloop"."asks" ADD COLUMN "delegated" jsonb;--> statement-breakpoint
ALTER TABLE "mainloop"."asks" ADD COLUMN "escalate_at" bigint;--> statement-breakpoint
ALTER TABLE "mainloop"."messages" ADD COLUMN "reply_to" jsonb;--> statement-breakpoint
CREATE INDEX "askings_due" ON "mainloop"."askings" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "spending_at" ON "mainloop"."spending" USING btree ("at");--> statement-breakpoint
CREATE INDEX "asks_escalate" ON "mainloop"."asks" USING btree ("escalate_at") WHERE state = 'open';