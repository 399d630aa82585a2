-- Whose page shows something else from now on, or ends: who signs out, changes their role or projects, or is removed.
CREATE FUNCTION "mainloop"."people_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, person) SELECT 'person', id FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "mainloop"."sessions_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mainloop.changes (topic, person) SELECT DISTINCT 'person', person FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "people_update" AFTER UPDATE ON "mainloop"."people" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."people_changed"();
--> statement-breakpoint
CREATE TRIGGER "people_delete" AFTER DELETE ON "mainloop"."people" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."people_changed"();
--> statement-breakpoint
CREATE TRIGGER "sessions_delete" AFTER DELETE ON "mainloop"."sessions" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "mainloop"."sessions_changed"();
