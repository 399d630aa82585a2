CREATE SCHEMA "mainloop";
--> statement-breakpoint
CREATE TABLE "mainloop"."accounts" (
	"key" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"space" text NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"person" integer NOT NULL,
	"last_seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."asks" (
	"id" serial PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"task" integer NOT NULL,
	"kind" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text NOT NULL,
	"answer" jsonb,
	"answered_by" text,
	"answered_on" text,
	"created_at" bigint NOT NULL,
	"answered_at" bigint,
	CONSTRAINT "asks_origin_unique" UNIQUE("origin")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"task" integer NOT NULL,
	"token_hash" text,
	"state" text NOT NULL,
	"stop" text,
	"result" json,
	"heartbeat_at" bigint NOT NULL,
	"deadline" bigint NOT NULL,
	"started_at" bigint NOT NULL,
	"closed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "mainloop"."channels" (
	"key" text PRIMARY KEY NOT NULL,
	"repo" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."codes" (
	"hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"account" text,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."conversations" (
	"key" text PRIMARY KEY NOT NULL,
	"place" jsonb NOT NULL,
	"active_turn" text,
	"summary" text DEFAULT '' NOT NULL,
	"summary_through" bigint DEFAULT 0 NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"at" bigint NOT NULL,
	"actor" text NOT NULL,
	"subject" text NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "events_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."messages" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"conversation" text NOT NULL,
	"role" text NOT NULL,
	"external" text NOT NULL,
	"account" text,
	"person" integer,
	"author" text NOT NULL,
	"text" text NOT NULL,
	"files" jsonb,
	"ref" jsonb,
	"turn" text,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."people" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."posts" (
	"key" text PRIMARY KEY NOT NULL,
	"place" jsonb NOT NULL,
	"channel" text NOT NULL,
	"message_id" text,
	"subject" text,
	"sent" text,
	"settled" boolean DEFAULT false NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."projects" (
	"repo" text PRIMARY KEY NOT NULL,
	"default_branch" text NOT NULL,
	"url" text NOT NULL,
	"checks" jsonb,
	"without_ci" boolean DEFAULT false NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."proposals" (
	"id" serial PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"conversation" text NOT NULL,
	"place" jsonb NOT NULL,
	"repo" text NOT NULL,
	"base" text NOT NULL,
	"title" text NOT NULL,
	"brief" text NOT NULL,
	"model" text NOT NULL,
	"plan_first" boolean NOT NULL,
	"budget_usd" double precision NOT NULL,
	"deadline_minutes" integer NOT NULL,
	"state" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"decided_at" bigint,
	"decided_by" text,
	"task" integer,
	CONSTRAINT "proposals_origin_unique" UNIQUE("origin")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."runs" (
	"id" text PRIMARY KEY NOT NULL,
	"task" integer NOT NULL,
	"n" integer NOT NULL,
	"kind" text NOT NULL,
	"prompt" text NOT NULL,
	"outcome" jsonb,
	"queued_at" bigint NOT NULL,
	"started_at" bigint,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "mainloop"."session_entries" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"task" integer NOT NULL,
	"uuid" text NOT NULL,
	"entry" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."steers" (
	"id" serial PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"task" integer NOT NULL,
	"author" text NOT NULL,
	"text" text NOT NULL,
	"attempt" text,
	"at" bigint NOT NULL,
	CONSTRAINT "steers_origin_unique" UNIQUE("origin")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."tasks" (
	"number" serial PRIMARY KEY NOT NULL,
	"proposal" integer NOT NULL,
	"conversation" text NOT NULL,
	"place" jsonb NOT NULL,
	"person" integer NOT NULL,
	"repo" text NOT NULL,
	"base" text NOT NULL,
	"title" text NOT NULL,
	"brief" text NOT NULL,
	"model" text NOT NULL,
	"plan_first" boolean NOT NULL,
	"budget_usd" double precision NOT NULL,
	"spent_usd" double precision DEFAULT 0 NOT NULL,
	"deadline_minutes" integer NOT NULL,
	"status" jsonb NOT NULL,
	"branch" text NOT NULL,
	"issue" jsonb,
	"pull" jsonb,
	"head" text,
	"session" text,
	"plan" text,
	"ignored_checks" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"ended_at" bigint,
	CONSTRAINT "tasks_proposal_unique" UNIQUE("proposal")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."worker_events" (
	"attempt" text NOT NULL,
	"seq" integer NOT NULL,
	"task" integer NOT NULL,
	"at" bigint NOT NULL,
	"event" json NOT NULL,
	CONSTRAINT "worker_events_attempt_seq_pk" PRIMARY KEY("attempt","seq")
);
--> statement-breakpoint
CREATE INDEX "accounts_person" ON "mainloop"."accounts" USING btree ("person");--> statement-breakpoint
CREATE INDEX "asks_task" ON "mainloop"."asks" USING btree ("task");--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_token" ON "mainloop"."attempts" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "attempts_run" ON "mainloop"."attempts" USING btree ("run");--> statement-breakpoint
CREATE INDEX "events_subject" ON "mainloop"."events" USING btree ("subject","id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_external" ON "mainloop"."messages" USING btree ("external");--> statement-breakpoint
CREATE INDEX "messages_conversation" ON "mainloop"."messages" USING btree ("conversation","id");--> statement-breakpoint
CREATE INDEX "posts_message" ON "mainloop"."posts" USING btree ("channel","message_id");--> statement-breakpoint
CREATE INDEX "posts_subject" ON "mainloop"."posts" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "runs_task" ON "mainloop"."runs" USING btree ("task","n");--> statement-breakpoint
CREATE UNIQUE INDEX "session_entries_uuid" ON "mainloop"."session_entries" USING btree ("task","uuid");--> statement-breakpoint
CREATE INDEX "steers_task" ON "mainloop"."steers" USING btree ("task");--> statement-breakpoint
CREATE INDEX "worker_events_task" ON "mainloop"."worker_events" USING btree ("task");