import { PromptsegError } from '../platform/errors.js';
import type { Database } from './database.js';

/** Schema versions, in order; each runs once, in its own transaction. Never edit a released one: add the next. */
export const migrations: readonly string[] = [
  `
  CREATE SCHEMA IF NOT EXISTS promptseg;
  CREATE SEQUENCE promptseg.job_event_sequence;
  CREATE TABLE promptseg.jobs (
    id uuid PRIMARY KEY,
    -- Order of acceptance; two jobs may be created in the same millisecond.
    number bigint GENERATED ALWAYS AS IDENTITY,
    sequence bigint NOT NULL,
    state text NOT NULL,
    study_instance_uid text NOT NULL,
    request_key text NOT NULL,
    created_at timestamptz NOT NULL,
    job jsonb NOT NULL
  );
  CREATE INDEX jobs_by_study ON promptseg.jobs (study_instance_uid, number DESC);
  -- The same request twice at once is one job.
  CREATE UNIQUE INDEX one_open_job_per_request ON promptseg.jobs (request_key)
    WHERE state NOT IN ('completed', 'failed', 'cancelled');
  CREATE TABLE promptseg.job_events (
    sequence bigint PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES promptseg.jobs (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    state text NOT NULL
  );
  CREATE INDEX job_events_by_job ON promptseg.job_events (job_id, sequence);
  `,
  // Several workers. An event carries the whole job, so a client that missed some needs only the record, not the
  // events.
  `
  DROP TABLE promptseg.job_events;
  CREATE TABLE promptseg.workers (
    id uuid PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now(),
    -- Host, process, execution provider, models; then load and memory, with every heartbeat.
    description jsonb NOT NULL,
    status jsonb NOT NULL
  );
  ALTER TABLE promptseg.jobs
    ADD COLUMN worker_id uuid REFERENCES promptseg.workers (id),
    -- Counts the times that a worker took the job: together with worker_id the fencing token of its lease.
    ADD COLUMN run int NOT NULL DEFAULT 0,
    ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false;
  UPDATE promptseg.jobs SET state = 'queued', job = job || '{"state": "queued"}'
    WHERE state NOT IN ('completed', 'failed', 'cancelled');
  ALTER TABLE promptseg.jobs ADD CONSTRAINT held_while_it_runs
    CHECK ((state IN ('queued', 'completed', 'failed', 'cancelled')) = (worker_id IS NULL));
  CREATE INDEX open_jobs ON promptseg.jobs (number) WHERE state NOT IN ('completed', 'failed', 'cancelled');
  CREATE INDEX jobs_by_worker ON promptseg.jobs (worker_id) WHERE worker_id IS NOT NULL;

  CREATE FUNCTION promptseg.tell_job_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('promptseg_jobs', NEW.id::text);
      IF TG_OP = 'INSERT' OR (OLD.state = 'queued') <> (NEW.state = 'queued') THEN
        PERFORM pg_notify('promptseg_queue', '');
      END IF;
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER tell_job_change AFTER INSERT OR UPDATE ON promptseg.jobs
    FOR EACH ROW EXECUTE FUNCTION promptseg.tell_job_change();
  `,
  // Lists of many jobs: newest first, and changes since an event.
  `
  CREATE UNIQUE INDEX jobs_by_number ON promptseg.jobs (number);
  CREATE INDEX jobs_by_sequence ON promptseg.jobs (sequence);
  `,
  // Outgoing steps when a job ends: results to other archives, and messages to webhooks. Each is retried until it
  // succeeds or is given up (jobs/outbox/). The end of a job and its steps are one transaction, no matter which process
  // ends it.
  `
  CREATE TABLE promptseg.deliveries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY,
    job_id uuid NOT NULL REFERENCES promptseg.jobs (id) ON DELETE CASCADE,
    -- Name of a destination.
    target text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivering', 'delivered', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    -- The first of these attempts.
    trying_since timestamptz,
    lease uuid,
    leased_until timestamptz,
    delivered_at timestamptz,
    -- Why the last attempt failed.
    problem jsonb,
    UNIQUE (job_id, target),
    CONSTRAINT leased_while_delivering CHECK ((state = 'delivering') = (lease IS NOT NULL))
  );
  CREATE INDEX open_deliveries ON promptseg.deliveries (target, next_attempt_at) WHERE state IN ('waiting', 'delivering');
  CREATE TABLE promptseg.webhooks (
    name text PRIMARY KEY,
    -- { "states": […], "rules": […] }; what is absent filters nothing.
    filter jsonb NOT NULL
  );
  -- target: name of a webhook.
  CREATE TABLE promptseg.webhook_messages (LIKE promptseg.deliveries INCLUDING ALL);
  ALTER TABLE promptseg.webhook_messages
    ADD FOREIGN KEY (job_id) REFERENCES promptseg.jobs (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (target) REFERENCES promptseg.webhooks (name) ON DELETE CASCADE;
  CREATE INDEX webhook_messages_by_number ON promptseg.webhook_messages (target, number DESC);

  CREATE FUNCTION promptseg.send_job_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('promptseg_ended', NEW.id::text);
      IF NEW.state = 'completed' AND NEW.job ? 'result' THEN
        INSERT INTO promptseg.deliveries (job_id, target)
          SELECT DISTINCT NEW.id, name FROM jsonb_array_elements_text(NEW.job #> '{request,destinations}') AS name
          WHERE name <> 'source';
      END IF;
      INSERT INTO promptseg.webhook_messages (job_id, target)
        SELECT NEW.id, name FROM promptseg.webhooks
        WHERE coalesce(filter -> 'states' ? NEW.state, true)
          AND (NOT filter ? 'rules' OR coalesce(filter -> 'rules' ? (NEW.job #>> '{rule,name}'), false));
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER send_job_out AFTER UPDATE ON promptseg.jobs FOR EACH ROW
    WHEN (OLD.state NOT IN ('completed', 'failed', 'cancelled') AND NEW.state IN ('completed', 'failed', 'cancelled'))
    EXECUTE FUNCTION promptseg.send_job_out();

  -- A delivery is part of the job's view: its change is a change of the job.
  CREATE FUNCTION promptseg.change_job_with_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE promptseg.jobs SET sequence = nextval('promptseg.job_event_sequence') WHERE id = NEW.job_id;
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER change_job_with_delivery AFTER UPDATE OF state ON promptseg.deliveries FOR EACH ROW
    EXECUTE FUNCTION promptseg.change_job_with_delivery();
  `,
  // Routing: what the archive reported, which series a rule has handled, and backfills (routing/).
  `
  -- Exactly one server routes; it renews this every other second.
  CREATE TABLE promptseg.routing_lease (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    holder uuid,
    held_until timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO promptseg.routing_lease DEFAULT VALUES;
  -- How far a trigger has read, and what it has to say; the state changes in the transaction that records what was
  -- read.
  CREATE TABLE promptseg.routing_triggers (
    name text PRIMARY KEY,
    state jsonb NOT NULL
  );
  -- Every series that a trigger has reported.
  CREATE TABLE promptseg.routing_series (
    number bigint GENERATED ALWAYS AS IDENTITY,
    study_instance_uid text NOT NULL,
    series_instance_uid text NOT NULL,
    -- Orthanc's own name of it.
    archive_id text,
    -- known: there before routing began; arriving; ready: complete, to be routed; routed: the rules were asked; parked:
    -- it cannot be read.
    state text NOT NULL CHECK (state IN ('known', 'arriving', 'ready', 'routed', 'parked')),
    -- Counts its reports: one that arrives while it is being routed makes it ready again.
    revision int NOT NULL DEFAULT 1,
    number_of_instances int,
    told_at timestamptz NOT NULL DEFAULT now(),
    ready_at timestamptz,
    routed_at timestamptz,
    -- Attempts to read it that failed, and the last reason.
    attempts int NOT NULL DEFAULT 0,
    retry_at timestamptz,
    problem jsonb,
    PRIMARY KEY (study_instance_uid, series_instance_uid)
  );
  CREATE INDEX routing_series_arriving ON promptseg.routing_series (told_at) WHERE state = 'arriving';
  CREATE INDEX routing_series_ready ON promptseg.routing_series (ready_at, number) WHERE state = 'ready';
  CREATE INDEX routing_series_by_archive_id ON promptseg.routing_series (archive_id);
  CREATE INDEX routing_series_parked ON promptseg.routing_series (number) WHERE state = 'parked';
  -- What was done for which series by which rule: made once for the same images, the same work and the same model.
  CREATE TABLE promptseg.routed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_name text NOT NULL,
    rule_version int NOT NULL,
    -- What the rule makes: RuleVersion.workHash.
    rule_work text NOT NULL,
    study_instance_uid text NOT NULL,
    series_instance_uid text NOT NULL,
    -- SHA-256 of the sorted SOP Instance UIDs.
    content text NOT NULL,
    -- Checksum of the model package; empty where the request was refused.
    model text NOT NULL,
    backfill_id uuid,
    -- submitted: its job is open; waiting: a new job is made at retry_at.
    state text NOT NULL CHECK (state IN ('submitted', 'waiting', 'completed', 'cancelled', 'superseded', 'refused', 'parked')),
    job_id uuid,
    -- Jobs that failed.
    attempts int NOT NULL DEFAULT 0,
    retry_at timestamptz,
    may_start_at timestamptz,
    problem jsonb,
    ready_at timestamptz,
    routed_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    UNIQUE (series_instance_uid, study_instance_uid, content, rule_name, rule_work, model)
  );
  CREATE INDEX routed_by_rule ON promptseg.routed (rule_name, id DESC);
  CREATE INDEX routed_by_job ON promptseg.routed (job_id);
  CREATE INDEX routed_by_start ON promptseg.routed (rule_name, may_start_at);
  CREATE INDEX routed_open ON promptseg.routed (id) WHERE state IN ('submitted', 'waiting');
  CREATE INDEX routed_parked ON promptseg.routed (id) WHERE state = 'parked';
  CREATE TABLE promptseg.routing_backfills (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    from_date date NOT NULL,
    to_date date NOT NULL,
    -- Names of rules; all enabled ones where null.
    rules jsonb,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'cancelled')),
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    -- Where it stands: the next day, the studies of that day that are done, and counts.
    progress jsonb NOT NULL,
    problem jsonb
  );
  CREATE INDEX routing_backfills_running ON promptseg.routing_backfills (number) WHERE state = 'running';
  `,
  // Feedback on findings is evaluation data: it outlives the record of its job, so it repeats the finding.
  `
  CREATE TABLE promptseg.feedback (
    job_id uuid NOT NULL,
    finding_index int NOT NULL,
    given_at timestamptz NOT NULL,
    model_id text,
    -- Verdict and reason.
    feedback jsonb NOT NULL,
    -- The finding, the model and the UIDs.
    subject jsonb NOT NULL,
    PRIMARY KEY (job_id, finding_index)
  );
  CREATE INDEX feedback_by_moment ON promptseg.feedback (given_at, job_id, finding_index);
  `,
  // Named prompt sets, shared by everybody who uses the server.
  `
  CREATE TABLE promptseg.prompt_sets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    -- The set as its client sent it, with the name.
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE UNIQUE INDEX prompt_sets_by_name ON promptseg.prompt_sets (lower(name));
  `,
  // Routing rules and all their versions (routing/rules/).
  `
  CREATE TABLE promptseg.rule_versions (
    name text NOT NULL,
    version int NOT NULL,
    -- The whole rule as JSON. Not jsonb, which cannot hold U+0000.
    rule text NOT NULL,
    hash text NOT NULL,
    work_hash text NOT NULL,
    origin text NOT NULL CHECK (origin IN ('api', 'file')),
    since timestamptz NOT NULL DEFAULT now(),
    -- When the next version took its place, or the rule was deleted.
    until timestamptz,
    PRIMARY KEY (name, version)
  );
  -- The versions that are valid now.
  CREATE TABLE promptseg.rules (
    name text PRIMARY KEY,
    version int NOT NULL,
    -- Rules are asked in this order.
    place int NOT NULL,
    FOREIGN KEY (name, version) REFERENCES promptseg.rule_versions (name, version)
  );
  `,
  // Unified Procedure Steps (routing/ups/): workitems of other systems, performed as jobs.
  `
  CREATE TABLE promptseg.workitems (
    uid text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    -- DICOM JSON, as its creator sent it: with the patient's name and ID.
    dataset jsonb NOT NULL,
    job_id uuid REFERENCES promptseg.jobs (id) ON DELETE CASCADE,
    owns_job boolean NOT NULL DEFAULT false,
    -- Where another performer claimed it, or it was cancelled without a job.
    state text CHECK (state IN ('IN PROGRESS', 'COMPLETED', 'CANCELED')),
    transaction_uid text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    -- A change names the revision that was read.
    revision int NOT NULL DEFAULT 1
  );
  CREATE INDEX workitems_by_job ON promptseg.workitems (job_id);
  `,
  // The audit trail (auditTrail.ts): rows are added and never changed; each contains the hash of the previous one.
  `
  CREATE TABLE promptseg.audit_trail (
    number bigint PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    -- Canonical JSON, the text that was hashed.
    event text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    -- To be searched; the database makes them from the event, so that they cannot say anything else.
    kind text GENERATED ALWAYS AS (event::jsonb ->> 'kind') STORED,
    subject text GENERATED ALWAYS AS (event::jsonb #>> '{actor,subject}') STORED,
    study_instance_uid text GENERATED ALWAYS AS (event::jsonb #>> '{study,studyInstanceUID}') STORED
  );
  CREATE INDEX audit_trail_by_moment ON promptseg.audit_trail (recorded_at, number);
  CREATE INDEX audit_trail_by_subject ON promptseg.audit_trail (subject, number DESC);
  CREATE INDEX audit_trail_by_study ON promptseg.audit_trail (study_instance_uid, number DESC);
  -- The last row of the chain.
  CREATE TABLE promptseg.audit_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    number bigint NOT NULL,
    hash text NOT NULL,
    recorded_at timestamptz NOT NULL
  );
  -- What a transaction has to record until it commits; empty for everybody else.
  CREATE TABLE promptseg.audit_incoming (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL
  );
  CREATE FUNCTION promptseg.chain_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      head promptseg.audit_head;
      moment timestamptz;
      digest text;
    BEGIN
      INSERT INTO promptseg.audit_head (number, hash, recorded_at) VALUES (0, repeat('0', 64), '-infinity') ON CONFLICT DO NOTHING;
      -- From here to the end of the commit, nobody else adds a row.
      SELECT * INTO head FROM promptseg.audit_head FOR UPDATE;
      moment := greatest(date_trunc('milliseconds', clock_timestamp()), head.recorded_at);
      digest := encode(sha256(convert_to(
        head.hash || chr(10) || (head.number + 1) || chr(10) ||
        to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || chr(10) || NEW.event, 'UTF8')), 'hex');
      INSERT INTO promptseg.audit_trail (number, recorded_at, event, previous, hash)
        VALUES (head.number + 1, moment, NEW.event, head.hash, digest);
      UPDATE promptseg.audit_head SET number = head.number + 1, hash = digest, recorded_at = moment;
      DELETE FROM promptseg.audit_incoming WHERE id = NEW.id;
      RETURN NULL;
    END
  $$;
  CREATE CONSTRAINT TRIGGER chain_audit_row AFTER INSERT ON promptseg.audit_incoming
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION promptseg.chain_audit_row();

  -- Retention says in its transaction up to which row it deletes (audit/retention.ts), and records that it did.
  CREATE FUNCTION promptseg.keep_audit_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.number <= coalesce(nullif(current_setting('promptseg.audit_trim', true), '')::bigint, 0) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'rows of the audit trail are neither changed nor deleted';
    END
  $$;
  CREATE TRIGGER keep_audit_row BEFORE UPDATE OR DELETE ON promptseg.audit_trail
    FOR EACH ROW EXECUTE FUNCTION promptseg.keep_audit_row();
  CREATE FUNCTION promptseg.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Only the trigger that adds a row moves the head: it is one level above this one.
      IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
        RETURN NULL;
      END IF;
      RAISE EXCEPTION 'the audit trail is neither emptied nor moved back';
    END
  $$;
  CREATE TRIGGER keep_audit BEFORE TRUNCATE ON promptseg.audit_trail FOR EACH STATEMENT EXECUTE FUNCTION promptseg.keep_audit();
  CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE OR TRUNCATE ON promptseg.audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION promptseg.keep_audit();
  `,
  // Who changed and who deleted a rule: { kind, subject, displayName }; null if nobody had signed in.
  `
  ALTER TABLE promptseg.rule_versions ADD COLUMN changed_by jsonb, ADD COLUMN deleted_by jsonb;
  `,
  // The targets to which a job's texts were resolved when it was accepted, for the worker; null in records of older
  // programs, and once the job has ended.
  `
  ALTER TABLE promptseg.jobs ADD COLUMN understood jsonb;
  `,
  // Who may do what (access/): keys of programs, and sessions of signed-in people.
  `
  CREATE TABLE promptseg.api_keys (
    id text PRIMARY KEY,
    name text NOT NULL,
    -- SHA-256 of the key.
    hash text NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by jsonb
  );
  CREATE TABLE promptseg.sessions (
    -- SHA-256 of the cookie.
    id text PRIMARY KEY,
    -- Name, roles and tokens, encrypted with a key that follows from the cookie.
    signed_in text NOT NULL,
    ends_at timestamptz NOT NULL
  );
  `,
  // Clients take turns (jobs/queue/fairTurn.ts). Messages already waiting get the priority that `jobQueue.ts` gives new
  // ones.
  `
  ALTER TABLE promptseg.jobs ADD COLUMN turn int NOT NULL DEFAULT 0,
    -- Who asked, while the job is open: who signed in, or an address.
    ADD COLUMN asked_by text;
  CREATE INDEX jobs_by_asker ON promptseg.jobs (asked_by) WHERE asked_by IS NOT NULL;
  DO $$ BEGIN
    IF to_regclass('pgboss.job') IS NOT NULL THEN
      UPDATE pgboss.job SET priority = priority * 100000000 WHERE name = 'segmentations' AND priority BETWEEN -4 AND 4;
    END IF;
  END $$;
  `,
  // How far the audit trail was sent to each receiver (audit/feed/). The trail is the queue: nothing is copied.
  `
  CREATE TABLE promptseg.audit_feeds (
    -- Name of a receiver.
    target text PRIMARY KEY,
    sent_up_to bigint NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    -- The first of these attempts.
    trying_since timestamptz,
    lease uuid,
    leased_until timestamptz,
    sent_at timestamptz,
    -- Why the last attempt failed.
    problem jsonb
  );
  `,
  // What goes out waits in queues of pg-boss, one for each target, with a message for each open step (jobs/outbox/),
  // and so does a row of the ledger whose next job is not due (routing/followJobs.ts). The program that ends a job
  // makes the steps (sendOut.ts).
  `
  CREATE OR REPLACE FUNCTION promptseg.send_job_out() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('promptseg_ended', NEW.id::text);
      RETURN NULL;
    END
  $$;
  -- The moment of a step's message: its next attempt or, while a server is at it, the end of that one's lease.
  UPDATE promptseg.deliveries SET next_attempt_at = leased_until WHERE state = 'delivering';
  UPDATE promptseg.webhook_messages SET next_attempt_at = leased_until WHERE state = 'delivering';
  DROP INDEX promptseg.open_deliveries, promptseg.webhook_messages_target_next_attempt_at_idx;
  ALTER TABLE promptseg.deliveries DROP COLUMN leased_until;
  ALTER TABLE promptseg.webhook_messages DROP COLUMN leased_until;
  -- What is seen of a delivery does not change where a lease is only extended.
  DROP TRIGGER change_job_with_delivery ON promptseg.deliveries;
  CREATE TRIGGER change_job_with_delivery AFTER UPDATE ON promptseg.deliveries FOR EACH ROW
    WHEN (NEW.state <> 'delivering' OR NEW.lease IS DISTINCT FROM OLD.lease)
    EXECUTE FUNCTION promptseg.change_job_with_delivery();
  -- A step leaves with its job or its webhook, and its message with it.
  CREATE FUNCTION promptseg.remove_message() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM pgboss.job WHERE name = TG_TABLE_NAME || '/' || OLD.target AND id = OLD.id;
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER remove_message AFTER DELETE ON promptseg.deliveries FOR EACH ROW
    WHEN (OLD.state IN ('waiting', 'delivering')) EXECUTE FUNCTION promptseg.remove_message();
  CREATE TRIGGER remove_message AFTER DELETE ON promptseg.webhook_messages FOR EACH ROW
    WHEN (OLD.state IN ('waiting', 'delivering')) EXECUTE FUNCTION promptseg.remove_message();
  -- What an older program left waiting. A new database has no queues yet, and nothing waits in it.
  DO $$
    DECLARE
      queue text;
    BEGIN
      IF to_regclass('pgboss.job') IS NULL THEN
        RETURN;
      END IF;
      CREATE TEMPORARY TABLE waiting ON COMMIT DROP AS
        SELECT id, 'deliveries/' || target AS name, 0 AS priority, next_attempt_at AS start_after, next_attempt_at AS since
          FROM promptseg.deliveries WHERE state IN ('waiting', 'delivering')
        UNION ALL
        SELECT id, 'webhook_messages/' || target, 0, next_attempt_at, next_attempt_at
          FROM promptseg.webhook_messages WHERE state IN ('waiting', 'delivering')
        UNION ALL
        SELECT job_id, 'routed', 0, retry_at, retry_at FROM promptseg.routed WHERE state = 'waiting' AND job_id IS NOT NULL
        UNION ALL
        SELECT id, 'segmentations',
          (CASE job #>> '{request,priority}' WHEN 'routed' THEN 0 WHEN 'backfill' THEN -2 ELSE 2 END
            + CASE WHEN job ->> 'startedAt' IS NULL THEN 0 ELSE 1 END) * 100000000 - turn,
          coalesce(greatest((job ->> 'retryAt')::timestamptz, (job ->> 'mayStartAt')::timestamptz), created_at), created_at
          FROM promptseg.jobs WHERE state = 'queued';
      FOR queue IN SELECT DISTINCT name FROM waiting LOOP
        PERFORM pgboss.create_queue(queue, '{"policy": "standard"}');
      END LOOP;
      -- Messages of jobs were kept for ever by the first version once they were taken.
      DELETE FROM pgboss.job WHERE state <> 'created' OR id NOT IN (SELECT id FROM waiting);
      INSERT INTO pgboss.job (id, name, data, priority, start_after, created_on, policy)
        SELECT id, name, '{}', priority, start_after, since, 'standard' FROM waiting
        WHERE NOT EXISTS (SELECT FROM pgboss.job WHERE job.name = waiting.name AND job.id = waiting.id);
    END
  $$;
  `,
  `
  -- Cautions were sentences; now they have a code.
  CREATE FUNCTION promptseg.with_coded_cautions(findings jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_agg(
      CASE WHEN jsonb_typeof(finding -> 'cautions') = 'array' THEN
        finding || jsonb_build_object('cautions', (
          SELECT coalesce(jsonb_agg(
            CASE WHEN jsonb_typeof(caution) = 'string'
              THEN jsonb_build_object('code', 'earlier-version', 'text', caution) ELSE caution END
            ORDER BY place
          ), '[]') FROM jsonb_array_elements(finding -> 'cautions') WITH ORDINALITY AS each (caution, place)))
      ELSE finding END
      ORDER BY number
    ) FROM jsonb_array_elements(findings) WITH ORDINALITY AS all_of_them (finding, number)
  $$;
  UPDATE promptseg.jobs
    SET job = jsonb_set(job, '{findings}', promptseg.with_coded_cautions(job -> 'findings'))
    WHERE jsonb_path_exists(job, '$.findings[*].cautions[*] ? (@.type() == "string")');
  UPDATE promptseg.jobs
    SET job = jsonb_set(job, '{editedResults}', (
      SELECT jsonb_agg(
        CASE WHEN jsonb_array_length(edited -> 'findings') > 0
          THEN jsonb_set(edited, '{findings}', promptseg.with_coded_cautions(edited -> 'findings')) ELSE edited END
        ORDER BY place
      ) FROM jsonb_array_elements(job -> 'editedResults') WITH ORDINALITY AS each (edited, place)))
    WHERE jsonb_path_exists(job, '$.editedResults[*].findings[*].cautions[*] ? (@.type() == "string")');
  UPDATE promptseg.feedback
    SET subject = jsonb_set(subject, '{finding}', promptseg.with_coded_cautions(
      jsonb_build_array(subject -> 'finding')) -> 0)
    WHERE jsonb_path_exists(subject, '$.finding.cautions[*] ? (@.type() == "string")');
  DROP FUNCTION promptseg.with_coded_cautions(jsonb);
  `,
  // The place in the queue counts running jobs, so it also changes when one of them ends.
  `
  CREATE OR REPLACE FUNCTION promptseg.tell_job_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('promptseg_jobs', NEW.id::text);
      IF TG_OP = 'INSERT' OR (OLD.state = 'queued') <> (NEW.state = 'queued')
        OR (OLD.state IN ('completed', 'failed', 'cancelled'))
          <> (NEW.state IN ('completed', 'failed', 'cancelled')) THEN
        PERFORM pg_notify('promptseg_queue', '');
      END IF;
      RETURN NULL;
    END
  $$;
  `,
  // Corrections that somebody looks at before they are stored, with one row per click. They end with their job.
  `
  CREATE TABLE promptseg.drafts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_id uuid NOT NULL REFERENCES promptseg.jobs ON DELETE CASCADE,
    content jsonb NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX drafts_by_job ON promptseg.drafts (job_id);
  CREATE TABLE promptseg.draft_clicks (
    draft_id uuid NOT NULL REFERENCES promptseg.drafts ON DELETE CASCADE,
    number int NOT NULL,
    click jsonb NOT NULL,
    PRIMARY KEY (draft_id, number)
  );
  `,
  // Clicks on something new belong to no job.
  `ALTER TABLE promptseg.drafts ALTER COLUMN job_id DROP NOT NULL`,
  // A delivery sends the job's segmentation or, later, an edited one, and records what has arrived when.
  `
  ALTER TABLE promptseg.deliveries
    -- SOP Instance UID of the segmentation to send.
    ADD COLUMN content text,
    -- [{ "sopInstanceUID": …, "at": … }], oldest first.
    ADD COLUMN sent jsonb NOT NULL DEFAULT '[]';
  ALTER TABLE promptseg.webhook_messages
    ADD COLUMN content text, ADD COLUMN sent jsonb NOT NULL DEFAULT '[]';
  ALTER TABLE promptseg.deliveries DISABLE TRIGGER change_job_with_delivery;
  UPDATE promptseg.deliveries AS step SET content = jobs.job #>> '{result,sopInstanceUID}',
    sent = CASE WHEN delivered_at IS NULL THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
      'sopInstanceUID', jobs.job #>> '{result,sopInstanceUID}',
      'at', to_char(delivered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) END
  FROM promptseg.jobs WHERE jobs.id = step.job_id AND jobs.job ? 'result';
  ALTER TABLE promptseg.deliveries ENABLE TRIGGER change_job_with_delivery;
  `,
  // Jobs of rules whose comparison with the earlier study has not been started (`compareForRules.ts`).
  `
  CREATE INDEX jobs_to_compare ON promptseg.jobs (number)
    WHERE state = 'completed' AND job ? 'rule' AND job ? 'comparesWithPrior' AND NOT job ? 'comparedWithPrior';
  `,
];

/**
 * Migrates the database to this program's schema. Several programs that start at once take turns
 * (`Database.exclusively` around it).
 * @throws PromptsegError `database-newer`
 */
export async function migrate(database: Database): Promise<void> {
  await database.executeSql(
    'CREATE SCHEMA IF NOT EXISTS promptseg; CREATE TABLE IF NOT EXISTS promptseg.migrations (version int PRIMARY KEY)',
  );
  const { rows } = await database.executeSql('SELECT coalesce(max(version), 0) AS version FROM promptseg.migrations');
  const current = Number(rows[0]?.version ?? 0);
  if (current > migrations.length)
    throw new PromptsegError(
      'database-newer',
      `The database has version ${current} of the schema; this program knows version ${migrations.length} at most.`,
    );
  for (const [index, script] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
    await database.transaction(async (sql) => {
      await sql.executeSql(script);
      await sql.executeSql(`INSERT INTO promptseg.migrations VALUES (${version})`);
    });
  }
}
