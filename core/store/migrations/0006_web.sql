CREATE TABLE "mainloop"."changes" (
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"id" bigserial NOT NULL,
	"topic" text NOT NULL,
	"repo" text,
	"person" integer,
	"at" bigint DEFAULT (extract(epoch from now()) * 1000)::bigint NOT NULL,
	CONSTRAINT "changes_xid_id_pk" PRIMARY KEY("xid","id")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."sessions" (
	"hash" text PRIMARY KEY NOT NULL,
	"person" integer NOT NULL,
	"created_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."web_files" (
	"id" serial PRIMARY KEY NOT NULL,
	"person" integer NOT NULL,
	"name" text NOT NULL,
	"mime_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mainloop"."web_messages" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"person" integer NOT NULL,
	"author" text NOT NULL,
	"key" text NOT NULL,
	"doc" jsonb,
	"text" text DEFAULT '' NOT NULL,
	"files" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"bot_reactions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"person_reactions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"streaming" boolean DEFAULT false NOT NULL,
	"answer_to" text,
	"at" bigint NOT NULL,
	"edited_at" bigint,
	CONSTRAINT "web_messages_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "mainloop"."web_working" (
	"person" integer PRIMARY KEY NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sessions_person" ON "mainloop"."sessions" USING btree ("person");--> statement-breakpoint
CREATE INDEX "web_messages_person" ON "mainloop"."web_messages" USING btree ("person","id");
--> statement-breakpoint
-- Before this transaction, all of this database's are over as of the snapshot. Those under way in other databases of the
-- server are passed over, where the locks tell that they are such: they change nothing here.
CREATE FUNCTION "mainloop"."changes_end"(snapshot pg_snapshot) RETURNS xid8 LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT xid FROM pg_snapshot_xip(snapshot) AS xid WHERE NOT EXISTS (
      SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.transactionid = xid::xid
        AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
    ) ORDER BY xid LIMIT 1
  ), pg_snapshot_xmax(snapshot))
$$;
--> statement-breakpoint
-- What a live page shows is written down as it changes, in the transaction that changes it; who listens is woken once.
CREATE FUNCTION "mainloop"."changes_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('mainloop_changes', '');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "changes_notify" AFTER INSERT ON "mainloop"."changes" FOR EACH ROW EXECUTE FUNCTION "mainloop"."changes_notify"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."tasks_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT 'task:' || number, repo, NULL FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "tasks_insert" AFTER INSERT ON "mainloop"."tasks" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."tasks_changed"();
--> statement-breakpoint
CREATE TRIGGER "tasks_update" AFTER UPDATE ON "mainloop"."tasks" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."tasks_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."asks_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT 'task:' || t.number, t.repo, NULL::integer FROM changed c JOIN mainloop.tasks t ON t.number = c.task;
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT 'asks', t.repo, NULL::integer FROM changed c JOIN mainloop.tasks t ON t.number = c.task;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "asks_insert" AFTER INSERT ON "mainloop"."asks" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."asks_changed"();
--> statement-breakpoint
CREATE TRIGGER "asks_update" AFTER UPDATE ON "mainloop"."asks" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."asks_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."askings_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT 'asks', t.repo, c.person FROM changed c JOIN mainloop.asks a ON a.id = c.ask JOIN mainloop.tasks t ON t.number = a.task;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "askings_insert" AFTER INSERT ON "mainloop"."askings" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."askings_changed"();
--> statement-breakpoint
CREATE TRIGGER "askings_update" AFTER UPDATE ON "mainloop"."askings" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."askings_changed"();
--> statement-breakpoint
CREATE TRIGGER "askings_delete" AFTER DELETE ON "mainloop"."askings" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."askings_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."runs_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT 'task:' || t.number, t.repo, NULL::integer FROM changed c JOIN mainloop.tasks t ON t.number = c.task;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "runs_insert" AFTER INSERT ON "mainloop"."runs" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."runs_changed"();
--> statement-breakpoint
CREATE TRIGGER "runs_update" AFTER UPDATE ON "mainloop"."runs" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."runs_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."events_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT c.subject, t.repo, NULL::integer FROM changed c JOIN mainloop.tasks t ON t.number = substring(c.subject FROM '^task:([0-9]{1,9})$')::integer;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "events_insert" AFTER INSERT ON "mainloop"."events" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."events_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."worker_events_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT 'log:' || t.number, t.repo, NULL FROM mainloop.tasks t WHERE t.number IN (SELECT task FROM changed);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "worker_events_insert" AFTER INSERT ON "mainloop"."worker_events" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."worker_events_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."web_messages_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT 'chat:' || id, NULL, person FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "web_messages_insert" AFTER INSERT ON "mainloop"."web_messages" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."web_messages_changed"();
--> statement-breakpoint
CREATE TRIGGER "web_messages_update" AFTER UPDATE ON "mainloop"."web_messages" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."web_messages_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."web_working_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT 'working', NULL, person FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "web_working_insert" AFTER INSERT ON "mainloop"."web_working" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."web_working_changed"();
--> statement-breakpoint
CREATE TRIGGER "web_working_update" AFTER UPDATE ON "mainloop"."web_working" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."web_working_changed"();
--> statement-breakpoint
CREATE TRIGGER "web_working_delete" AFTER DELETE ON "mainloop"."web_working" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."web_working_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."proposals_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT 'proposal:' || id, repo, NULL FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "proposals_insert" AFTER INSERT ON "mainloop"."proposals" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."proposals_changed"();
--> statement-breakpoint
CREATE TRIGGER "proposals_update" AFTER UPDATE ON "mainloop"."proposals" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."proposals_changed"();
--> statement-breakpoint
CREATE FUNCTION "mainloop"."projects_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo, person) SELECT DISTINCT 'projects', repo, NULL::integer FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "projects_insert" AFTER INSERT ON "mainloop"."projects" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
CREATE TRIGGER "projects_update" AFTER UPDATE ON "mainloop"."projects" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
CREATE TRIGGER "projects_delete" AFTER DELETE ON "mainloop"."projects" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
CREATE TRIGGER "channels_insert" AFTER INSERT ON "mainloop"."channels" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
CREATE TRIGGER "channels_update" AFTER UPDATE ON "mainloop"."channels" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
CREATE TRIGGER "channels_delete" AFTER DELETE ON "mainloop"."channels" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."projects_changed"();
--> statement-breakpoint
-- By row, for the columns that a page shows: a heartbeat is none of them.
CREATE FUNCTION "mainloop"."attempts_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, repo) SELECT 'task:' || number, repo FROM mainloop.tasks WHERE number = NEW.task;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "attempts_changed" AFTER INSERT OR UPDATE OF "token_hash", "state", "stop", "result", "closed_at" ON "mainloop"."attempts" FOR EACH ROW EXECUTE FUNCTION "mainloop"."attempts_changed"();
