CREATE TABLE "mainloop"."file_links" (
	"subject" text NOT NULL,
	"file" integer NOT NULL,
	CONSTRAINT "file_links_subject_file_pk" PRIMARY KEY("subject","file")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."files" (
	"id" serial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"message" bigint,
	"run" text,
	"name" text NOT NULL,
	"mime_type" text NOT NULL,
	"kind" text NOT NULL,
	"size" bigint NOT NULL,
	"problem" text,
	"detail" text DEFAULT '' NOT NULL,
	"excerpt" text DEFAULT '' NOT NULL,
	"bytes" "bytea",
	"at" bigint NOT NULL,
	CONSTRAINT "files_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE INDEX "files_message" ON "mainloop"."files" USING btree ("message");--> statement-breakpoint
CREATE INDEX "files_run" ON "mainloop"."files" USING btree ("run");