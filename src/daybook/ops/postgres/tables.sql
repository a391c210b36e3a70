-- of migrations with the digest d3de9d157a6fd1e2b05b90c4eb574bbc023e726e1e8e5d78377ebf7f0bdba9ea
-- holds contenttypes 0001_initial
-- holds contenttypes 0002_remove_content_type_name
-- holds auth 0001_initial
-- holds auth 0002_alter_permission_name_max_length
-- holds auth 0003_alter_user_email_max_length
-- holds auth 0004_alter_user_username_opts
-- holds auth 0005_alter_user_last_login_null
-- holds auth 0006_require_contenttypes_0002
-- holds auth 0007_alter_validators_add_error_messages
-- holds auth 0008_alter_user_username_max_length
-- holds auth 0009_alter_user_last_name_max_length
-- holds auth 0010_alter_group_name_max_length
-- holds auth 0011_update_proxy_permissions
-- holds auth 0012_alter_user_first_name_max_length
-- holds companies 0001_initial
-- holds account 0001_initial
-- holds account 0002_email_max_length
-- holds account 0003_alter_emailaddress_create_unique_verified_email
-- holds account 0004_alter_emailaddress_drop_unique_email
-- holds account 0005_emailaddress_idx_upper_email
-- holds account 0006_emailaddress_lower
-- holds account 0007_emailaddress_idx_email
-- holds account 0008_emailaddress_unique_primary_email_fixup
-- holds account 0009_emailaddress_unique_primary_email
-- holds admin 0001_initial
-- holds admin 0002_logentry_remove_auto_add
-- holds admin 0003_logentry_add_action_flag_choices
-- holds connections 0001_initial
-- holds connections 0002_waits_xero_named
-- holds mfa 0001_initial
-- holds mfa 0002_authenticator_timestamps
-- holds mfa 0003_authenticator_type_uniq
-- holds companies 0002_stock_and_costs
-- holds companies 0003_cash_steps
-- holds companies 0004_zone_of_times_without_one
-- holds companies 0005_people_join_by_invitation
-- holds companies 0006_counts_at_the_doors
-- holds companies 0007_who_saved_the_settings
-- holds connections 0003_organisations_and_posting_settings
-- holds companies 0008_settings_of_posting_are_the_connections
-- holds feeds 0001_a_feed_for_each_shop
-- holds companies 0009_a_shops_secrets_are_its_feeds
-- holds companies 0010_closing_a_company
-- holds companies 0011_days_of_the_inbox_beside
-- holds companies 0012_clerks_and_scopes_of_keys
-- holds companies 0013_saved_views_beside
-- holds connections 0004_accounts_of_lines_that_are_no_goods
-- holds connections 0005_folders_for_order_files
-- holds connections 0006_posting_rules
-- holds connections 0007_words_of_any_ledger
-- holds connections 0008_failures_of_folders
-- holds connections 0009_when_a_minute_began
-- holds connections 0010_posting_can_be_stopped
-- holds connections 0011_after_a_restore
-- holds connections 0012_days_of_calls_beside
-- holds connections 0013_contacts_and_consents_beside
-- holds connections 0014_rules_set_more
-- holds connections 0015_what_follows_the_sale_beside
-- holds connections 0016_gateways_beside
-- holds connections 0017_what_goes_out
-- holds connections 0018_kinds_of_refunds
-- holds connections 0019_accounts_made_beside
-- holds connections 0020_contacts_renamed_and_reminders_beside
-- holds connections 0021_bills_of_fees_beside
-- holds connections 0022_when_orders_are_due
-- holds alerts 0001_mails_to_people
-- holds alerts 0002_told_of_feeds_beside
-- holds catalog 0001_initial
-- holds catalog 0002_contacts_of_the_settings
-- holds catalog 0003_lists_name_their_organisation
-- holds catalog 0003_lists_to_their_organisations
-- holds catalog 0003_lists_of_an_organisation
-- holds catalog 0004_uses_of_accounts
-- holds catalog 0005_accounts_that_take_payments_beside
-- holds catalog 0006_customers_beside
-- holds catalog 0007_tracking_options_beside
-- holds catalog 0008_names_of_customers_beside
-- holds catalog 0009_renames_refused_beside
-- holds catalog 0010_what_dry_runs_ask_beside
-- holds companies 0014_the_language_of_a_person_beside
-- holds connections 0023_first_look
-- holds connections 0024_approvals_a_month_beside
-- holds connections 0025_set_up_beside
-- holds ending 0001_certificates
-- holds feeds 0002_asked_in_turn
-- holds feeds 0003_files_in_beside
-- holds feeds 0004_files_of_one_company
-- holds feeds 0005_when_orders_are_due
-- holds feeds 0006_who_asks
-- holds history 0001_events
-- holds history 0002_not_emptied_either
-- holds history 0003_tally
-- holds history 0004_each_row_asks_less
-- holds history 0005_events_of_deleted_companies
-- holds history 0006_vacuumed_sooner
-- holds history 0007_found_by_day_and_people_beside
-- holds orders 0001_initial
-- holds orders 0002_rows_of_one_company
-- holds orders 0003_amounts_to_four_decimals
-- holds orders 0004_last_accepted_delivery_counts
-- holds orders 0005_standing_toward_each_connection
-- holds orders 0006_a_feed_for_each_source
-- holds orders 0007_orders_to_their_feeds
-- holds orders 0008_orders_known_by_their_feeds
-- holds orders 0009_notes_become_events
-- holds orders 0010_notes_are_gone
-- holds orders 0011_each_row_asks_less
-- holds orders 0012_what_is_sought
-- holds orders 0013_vacuumed_sooner
-- holds orders 0014_forgotten_customers_beside
-- holds orders 0015_inbox
-- holds orders 0016_money_that_moved_beside
-- holds orders 0017_money_of_its_company
-- holds orders 0018_money_of_old_orders
-- holds orders 0019_typed_refunds_beside
-- holds orders 0020_money_paid_out
-- holds orders 0021_found_by_day_and_amount
-- holds orders 0022_sorted_by_amount_beside
-- holds orders 0023_inbox_found_beside
-- holds orders 0024_indexes_that_others_hold
-- holds orders 0025_open_orders_counted_beside
-- holds orders 0026_money_counted_by_day_beside
-- holds orders 0027_when_money_was_invoiced_beside
-- holds orders 0028_found_before_its_invoice_beside
-- holds orders 0029_money_noted_beside
-- holds orders 0030_amounts_of_days_beside
-- holds orders 0031_money_on_the_day_it_is_booked
-- holds outbox 0001_initial
-- holds outbox 0002_rows_of_one_company
-- holds outbox 0003_numbers_of_cancelled_entries_are_free
-- holds outbox 0004_how_it_stands_in_xero
-- holds outbox 0005_given_up_by_a_person
-- holds outbox 0006_documents_name_their_organisation
-- holds outbox 0006_documents_to_their_organisations
-- holds outbox 0006_laws_of_an_organisation
-- holds outbox 0007_moves_become_events
-- holds outbox 0008_transitions_are_gone
-- holds outbox 0009_order_files_as_a_kind
-- holds outbox 0010_words_of_any_ledger
-- holds outbox 0011_what_was_resolved
-- holds outbox 0012_waiting_in_turn
-- holds outbox 0013_kinds_by_their_table
-- holds outbox 0014_versions_there
-- holds outbox 0015_each_row_asks_less
-- holds outbox 0016_after_a_restore
-- holds outbox 0017_arrivals_by_the_hour_beside
-- holds outbox 0018_what_is_sought
-- holds outbox 0019_vacuumed_sooner
-- holds outbox 0020_open_needs
-- holds outbox 0021_invoiced_orders
-- holds outbox 0022_needs_a_person
-- holds outbox 0023_found_by_day_and_amount
-- holds outbox 0024_sorted_by_amount_beside
-- holds outbox 0025_found_by_since_beside
-- holds outbox 0026_indexes_that_others_hold
-- holds outbox 0027_needs_counted_beside
-- holds outbox 0028_posted_on_accounts_beside
-- holds outbox 0029_posted_noted_beside
-- holds outbox 0030_amounts_of_days_beside
-- holds outbox 0031_refunds_of_parts_looked_at_again
-- holds procrastinate 0001_initial
-- holds procrastinate 0002_drop_started_at_column
-- holds procrastinate 0003_drop_started_at_column
-- holds procrastinate 0004_drop_procrastinate_version_table
-- holds procrastinate 0005_fix_procrastinate_fetch_job
-- holds procrastinate 0006_fix_trigger_status_events_insert
-- holds procrastinate 0007_add_queueing_lock_column
-- holds procrastinate 0008_close_fetch_job_race_condition
-- holds procrastinate 0009_add_defer_job_function
-- holds procrastinate 0010_add_procrastinate_periodic_defers
-- holds procrastinate 0011_add_foreign_key_index
-- holds procrastinate 0012_add_locks_to_periodic_defer
-- holds procrastinate 0013_fix_procrastinate_defer_periodic_job
-- holds procrastinate 0014_add_finish_job_and_retry_job_functions
-- holds procrastinate 0015_add_trigger_on_job_deletion
-- holds procrastinate 0016_delete_finished_jobs
-- holds procrastinate 0017_add_checks_to_finish_job
-- holds procrastinate 0018_add_checks_to_retry_job
-- holds procrastinate 0019_fix_finish_job_compat_issue
-- holds procrastinate 0020_add_index_on_procrastinate_jobs
-- holds procrastinate 0021_add_kwargs_to_defer_periodic_job
-- holds procrastinate 0022_null_locks_excluded
-- holds procrastinate 0023_remove_old_finish_job_function
-- holds procrastinate 0024_job_id_bigint
-- holds procrastinate 0025_add_models
-- holds procrastinate 0026_add_job_priority
-- holds procrastinate 0027_add_periodic_job_priority
-- holds procrastinate 0028_add_cancel_states
-- holds procrastinate 0029_add_additional_params_to_retry_job
-- holds procrastinate 0030_alter_procrastinateevent_options
-- holds procrastinate 0031_add_indexes_for_fetch_job
-- holds procrastinate 0032_pre_cancel_notification
-- holds procrastinate 0033_post_cancel_notification
-- holds procrastinate 0034_pre_add_heartbeat
-- holds procrastinate 0035_post_add_heartbeat
-- holds procrastinate 0036_add_worker_model
-- holds procrastinate 0037_pre_batch_defer_jobs
-- holds procrastinate 0038_post_batch_defer_jobs
-- holds procrastinate 0039_pre_priority_lock_fetch_job
-- holds procrastinate 0040_pre_retry_failed_job
-- holds procrastinate 0041_post_retry_failed_job
-- holds proving 0001_proof_keys
-- holds secrets 0001_known_keys
-- holds sessions 0001_initial
-- holds usersessions 0001_initial
CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION public.daybook_grams(company bigint, VARIADIC texts text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE COST 1000 PARALLEL SAFE
    AS $$
        SELECT array_agg(company || ':' || substr(said, place, 3))
        FROM upper(array_to_string(texts, E'\n')) AS said, generate_series(1, length(said) - 2) AS place
    $$;
CREATE FUNCTION public.daybook_met(company bigint, ids bigint[], feeds bigint[], refs text[], externals text[]) RETURNS TABLE(mine bigint, public_id character varying, ref character varying, feed character varying, currency character varying, gross numeric, at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashed.name) FROM (
            SELECT DISTINCT hashtextextended(company || ':' || names.name, 0) AS name
            FROM unnest(refs || externals) AS names(name) WHERE names.name > '' ORDER BY 1
        ) AS hashed;
        RETURN QUERY  -- sees what was committed while the locks were waited for
        SELECT asked.id, other.public_id, other.ref, theirs.name, other.currency, other.gross,
            coalesce(other.ordered_at, other.first_received_at)
        FROM unnest(ids, feeds, refs, externals) AS asked(id, feed, ref, external_ref)
        JOIN orders_order other ON other.company_id = company AND other.feed_id <> asked.feed
            AND (other.ref IN (asked.ref, asked.external_ref)
                OR (other.external_ref > '' AND other.external_ref IN (asked.ref, asked.external_ref)))
        JOIN feeds_feed theirs ON theirs.id = other.feed_id AND theirs.brings = 'sales'
        WHERE other.current_revision_id IS NOT NULL AND other.sameness <> 'same'
            AND NOT (other.sameness = 'another' AND other.same_as_id IS NOT DISTINCT FROM asked.id)
            AND (other.id < asked.id OR EXISTS (
                SELECT FROM outbox_entry entry
                WHERE entry.company_id = company AND entry.order_id = other.id AND entry.state <> 'cancelled'
            ))
        ORDER BY other.id;
    END $$;
CREATE FUNCTION public.history_event_is_not_emptied() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'history_event: what happened is not deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION public.history_event_is_only_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    forgetting boolean := coalesce(current_setting('daybook.forgetting', true), '') = 'on';
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF coalesce(current_setting('daybook.removing', true), '') = OLD.company_id::text
           AND OLD.position IS NOT NULL
           AND (SELECT gone.first FROM history_removed gone WHERE gone.last >= OLD.position
                ORDER BY gone.last LIMIT 1) <= OLD.position THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'history_event %: what happened is not deleted', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.company_id, NEW.at, NEW.subject_kind, NEW.subject_id, NEW.what, NEW.old_state, NEW.new_state,
        NEW.mover, NEW.person_id, NEW.attempt_id, NEW.cause)
       IS DISTINCT FROM
       (OLD.id, OLD.company_id, OLD.at, OLD.subject_kind, OLD.subject_id, OLD.what, OLD.old_state, OLD.new_state,
        OLD.mover, OLD.person_id, OLD.attempt_id, OLD.cause) THEN
        RAISE EXCEPTION 'history_event %: what happened is not changed', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.position IS NOT NULL OR NEW.position IS NULL)
       AND (NEW.position, NEW.digest, NEW.seal) IS DISTINCT FROM (OLD.position, OLD.digest, OLD.seal) THEN
        RAISE EXCEPTION 'history_event %: it is numbered and sealed once', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.reason, NEW.before, NEW.after) IS DISTINCT FROM (OLD.reason, OLD.before, OLD.after)
       OR (OLD.position IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt) THEN
        IF NOT forgetting OR (NEW.reason, NEW.salt) IS DISTINCT FROM (''::varchar, ''::bytea)
           OR NEW.before IS NOT NULL OR NEW.after IS NOT NULL THEN
            RAISE EXCEPTION 'history_event %: what was said is forgotten as a whole, or stays', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION public.history_removed_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'history_removed: what was removed stays on record'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION public.orders_money_came() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO orders_moneynews (company_id, day) SELECT DISTINCT company_id, day FROM added; RETURN NULL; END $$;
CREATE FUNCTION public.orders_other_money_stands() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO orders_moneynews (company_id, day) SELECT DISTINCT company_id, day FROM orders_moneymoved WHERE company_id = OLD.company_id AND revision_id IN (OLD.current_revision_id, NEW.current_revision_id); RETURN NULL; END $$;
CREATE FUNCTION public.outbox_money_posted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ 
BEGIN
    IF NEW.kind NOT IN ('payment', 'refund', 'bill_payment') THEN
        INSERT INTO orders_moneynews (company_id, order_id) VALUES (NEW.company_id, NEW.order_id);
    ELSE
        INSERT INTO orders_moneynews (company_id, posted_day)
        SELECT DISTINCT NEW.company_id, day FROM (VALUES (NEW.date), (OLD.date)) dated (day) WHERE day IS NOT NULL;
    END IF;
    RETURN NULL;
END
 $$;
CREATE FUNCTION public.outbox_money_was_there() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ 
BEGIN
    IF NEW.kind NOT IN ('payment', 'refund', 'bill_payment') THEN
        INSERT INTO orders_moneynews (company_id, order_id) VALUES (NEW.company_id, NEW.order_id);
    ELSE
        INSERT INTO orders_moneynews (company_id, posted_day)
        SELECT DISTINCT NEW.company_id, day FROM (VALUES (NEW.date), (OLD.date)) dated (day) WHERE day IS NOT NULL;
    END IF;
    RETURN NULL;
END
 $$;
CREATE FUNCTION public.outbox_other_money_told() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO orders_moneynews (company_id, posted_day) SELECT DISTINCT company_id, date FROM outbox_entry WHERE company_id = NEW.company_id AND order_id = NEW.id AND kind = 'refund' AND date IS NOT NULL; RETURN NULL; END $$;
CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;
    RETURN job_ids;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;
    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;
    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;
    RETURN _job_id;
END;
$$;
CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;
 RETURN found_jobs;
END;
$$;
CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.alerts_alertmail (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    kind character varying(8) NOT NULL,
    subject character varying(200) NOT NULL,
    text text NOT NULL,
    state character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    not_before timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    tries smallint NOT NULL,
    words character varying(300) NOT NULL,
    membership_id bigint NOT NULL,
    CONSTRAINT alerts_alertmail_tries_check CHECK ((tries >= 0))
);
ALTER TABLE public.alerts_alertmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_alertmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.alerts_mailchoice (
    membership_id bigint NOT NULL,
    at_once boolean NOT NULL,
    warnings boolean NOT NULL,
    digest character varying(8) NOT NULL,
    digest_at timestamp with time zone
);
CREATE TABLE public.alerts_told (
    id bigint NOT NULL,
    cause character varying(40) NOT NULL,
    count integer NOT NULL,
    newest_id bigint NOT NULL,
    newest_at timestamp with time zone,
    told_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    CONSTRAINT alerts_told_count_check CHECK ((count >= 0))
);
ALTER TABLE public.alerts_told ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_told_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.alerts_toldoffeed (
    id bigint NOT NULL,
    feed character varying(32) NOT NULL,
    cause character varying(40) NOT NULL,
    count integer NOT NULL,
    newest_id bigint NOT NULL,
    newest_at timestamp with time zone,
    told_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT alerts_toldoffeed_count_check CHECK ((count >= 0))
);
ALTER TABLE public.alerts_toldoffeed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.alerts_toldoffeed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_account (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    account_id character varying(36) NOT NULL,
    code character varying(10) NOT NULL,
    name character varying(150) NOT NULL,
    type character varying(20) NOT NULL,
    tax_type character varying(50) NOT NULL,
    status character varying(20) NOT NULL,
    organisation_id bigint NOT NULL,
    use character varying(10) NOT NULL,
    currency character varying(3) DEFAULT ''::character varying NOT NULL,
    takes_payments boolean DEFAULT false NOT NULL
);
ALTER TABLE public.catalog_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_catalogread (
    id bigint NOT NULL,
    resource character varying(30) NOT NULL,
    read_at timestamp with time zone NOT NULL,
    whole_at timestamp with time zone,
    asked_at timestamp with time zone,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.catalog_catalogread ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_catalogread_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_contact (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    contact_id character varying(36) NOT NULL,
    name character varying(255) NOT NULL,
    status character varying(20) NOT NULL,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.catalog_contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_currency (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    code character varying(3) NOT NULL,
    name character varying(100) NOT NULL,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.catalog_currency ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_currency_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_customercontact (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    key character varying(50) NOT NULL,
    contact_id character varying(36) NOT NULL,
    name character varying(255) NOT NULL,
    status character varying(20) NOT NULL,
    merged_from character varying(36) NOT NULL,
    organisation_id bigint NOT NULL,
    named_on date,
    renamed_at timestamp with time zone,
    shop_name character varying(255) DEFAULT ''::character varying NOT NULL,
    rename_refused_at timestamp with time zone
);
ALTER TABLE public.catalog_customercontact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_customercontact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_item (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    item_id character varying(36) NOT NULL,
    code character varying(30) NOT NULL,
    name character varying(50) NOT NULL,
    is_tracked boolean NOT NULL,
    purchase_price numeric(18,4),
    organisation_id bigint NOT NULL,
    on_hand numeric(18,4),
    stock_value numeric(18,4)
);
ALTER TABLE public.catalog_item ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_taxrate (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    tax_type character varying(50) NOT NULL,
    name character varying(100) NOT NULL,
    status character varying(20) NOT NULL,
    effective_rate numeric(12,6) NOT NULL,
    applies_to_revenue boolean NOT NULL,
    applies_to_expenses boolean NOT NULL,
    applies_to_assets boolean NOT NULL,
    organisation_id bigint NOT NULL,
    applies_to_liabilities boolean
);
ALTER TABLE public.catalog_taxrate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_taxrate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.catalog_trackingoption (
    id bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    option_id character varying(36) NOT NULL,
    category_id character varying(36) NOT NULL,
    category character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    status character varying(20) NOT NULL,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.catalog_trackingoption ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.catalog_trackingoption_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_addresschange (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    token_hash character varying(64) NOT NULL,
    is_mailed boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    made_by_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.companies_addresschange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_addresschange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_apikey (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    name character varying(100) NOT NULL,
    hint character varying(16) NOT NULL,
    key_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_by_id bigint,
    company_id bigint NOT NULL,
    expires_at timestamp with time zone,
    scopes character varying(60) DEFAULT 'read orders act'::character varying NOT NULL
);
ALTER TABLE public.companies_apikey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_apikey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_attempts (
    id bigint NOT NULL,
    door character varying(32) NOT NULL,
    subject character varying(64) NOT NULL,
    since timestamp with time zone NOT NULL,
    count integer NOT NULL,
    CONSTRAINT companies_attempts_count_check CHECK ((count >= 0))
);
ALTER TABLE public.companies_attempts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_cache (
    cache_key character varying(255) NOT NULL,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE TABLE public.companies_company (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    closing_at timestamp with time zone,
    closed_at timestamp with time zone,
    closed_by_id bigint,
    kept_until timestamp with time zone,
    deleting_at timestamp with time zone,
    CONSTRAINT company_closed_until CHECK (((closed_at IS NULL) OR (kept_until IS NOT NULL)))
);
ALTER TABLE public.companies_company ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_company_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_companysettings (
    company_id bigint NOT NULL,
    require_second_factor boolean NOT NULL,
    keep_deliveries_days smallint,
    CONSTRAINT companies_companysettings_keep_deliveries_days_check CHECK ((keep_deliveries_days >= 0))
);
CREATE TABLE public.companies_invitation (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    email character varying(254) NOT NULL,
    role character varying(16) NOT NULL,
    token_hash character varying(64) NOT NULL,
    is_mailed boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answer character varying(16) NOT NULL,
    answered_at timestamp with time zone,
    company_id bigint NOT NULL,
    invited_by_id bigint NOT NULL
);
ALTER TABLE public.companies_invitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_itemcost (
    id bigint NOT NULL,
    sku character varying(100) NOT NULL,
    currency character varying(3) NOT NULL,
    unit_cost numeric(18,4) NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT item_cost_not_negative CHECK ((unit_cost >= (0)::numeric))
);
ALTER TABLE public.companies_itemcost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_itemcost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_membership (
    id bigint NOT NULL,
    role character varying(16) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.companies_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_person (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(150) NOT NULL,
    is_active boolean NOT NULL,
    is_staff boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    address_proven_at timestamp with time zone,
    language character varying(10) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.companies_person_groups (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.companies_person_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_person_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.companies_person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_person_user_permissions (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.companies_person_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_person_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_savedview (
    id bigint NOT NULL,
    page character varying(20) NOT NULL,
    name character varying(40) NOT NULL,
    query character varying(1000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.companies_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.companies_setuplink (
    id bigint NOT NULL,
    token_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
ALTER TABLE public.companies_setuplink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.companies_setuplink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_channelcontact (
    id bigint NOT NULL,
    channel character varying(100) NOT NULL,
    contact_name character varying(255) NOT NULL,
    contact_id character varying(36) NOT NULL,
    connection_id bigint NOT NULL
);
ALTER TABLE public.connections_channelcontact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_channelcontact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_connection (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    client_id character varying(100) NOT NULL,
    client_secret_sealed bytea NOT NULL,
    status character varying(16) NOT NULL,
    status_reason text NOT NULL,
    link_id character varying(36) CONSTRAINT connections_connection_xero_connection_id_not_null NOT NULL,
    offered jsonb CONSTRAINT connections_connection_offered_tenants_not_null NOT NULL,
    connected_at timestamp with time zone,
    paused_until timestamp with time zone,
    pause_reason character varying(200) NOT NULL,
    day_remaining integer,
    minute_remaining integer,
    limits_read_at timestamp with time zone,
    checked_at timestamp with time zone,
    company_id bigint NOT NULL,
    pause_cause character varying(12) NOT NULL,
    looked_at timestamp with time zone,
    retry_at timestamp with time zone,
    ledger character varying(20) NOT NULL,
    "position" smallint NOT NULL,
    started_at timestamp with time zone,
    closed_at timestamp with time zone,
    holds character varying(221) NOT NULL,
    organisation_id bigint,
    last_organisation_id bigint,
    minute_began_at timestamp with time zone,
    posting_stops jsonb DEFAULT '{}'::jsonb NOT NULL,
    has_orphans boolean DEFAULT false NOT NULL,
    is_look_due boolean DEFAULT false NOT NULL,
    known_until timestamp with time zone,
    witnessed_at timestamp with time zone,
    day_began_at timestamp with time zone,
    calls_a_day integer,
    post_at timestamp with time zone,
    let_through jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT connections_connection_calls_a_day_check CHECK ((calls_a_day >= 0)),
    CONSTRAINT connections_connection_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.connections_connection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_connection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_consent (
    id bigint NOT NULL,
    state_hash character varying(64) NOT NULL,
    code_verifier_sealed bytea NOT NULL,
    tokens_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    connection_id bigint NOT NULL,
    person_id bigint NOT NULL,
    asked text DEFAULT ''::text NOT NULL
);
ALTER TABLE public.connections_consent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_fileaccess (
    connection_id bigint NOT NULL,
    place character varying(8) NOT NULL,
    path character varying(115) NOT NULL,
    host character varying(70) NOT NULL,
    port integer NOT NULL,
    username character varying(100) NOT NULL,
    host_key text NOT NULL,
    shown_key text NOT NULL,
    private_key_sealed bytea NOT NULL,
    public_key text NOT NULL,
    failures smallint DEFAULT 0 NOT NULL,
    password_sealed bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT connections_fileaccess_failures_check CHECK ((failures >= 0)),
    CONSTRAINT connections_fileaccess_port_check CHECK ((port >= 0))
);
CREATE TABLE public.connections_fileformat (
    every character varying(8) NOT NULL,
    run_at time without time zone NOT NULL,
    next_run_at timestamp with time zone,
    is_together boolean NOT NULL,
    connection_id bigint NOT NULL,
    format character varying(12) NOT NULL,
    ending character varying(9) NOT NULL,
    template text NOT NULL,
    account character varying(8) NOT NULL,
    department character varying(3) NOT NULL,
    with_headings boolean NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT connections_fileformat_last_number_check CHECK ((last_number >= 0))
);
CREATE TABLE public.connections_gateway (
    id bigint NOT NULL,
    source character varying(40) NOT NULL,
    name character varying(100) NOT NULL,
    currency character varying(3) NOT NULL,
    account_id character varying(36) NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    connection_id bigint NOT NULL,
    asked_at timestamp with time zone,
    asked_code character varying(10) DEFAULT ''::character varying NOT NULL,
    asked_name character varying(150) DEFAULT ''::character varying NOT NULL,
    fees_account character varying(10) DEFAULT ''::character varying NOT NULL,
    fees_contact_id character varying(36) DEFAULT ''::character varying NOT NULL,
    fees_contact_name character varying(255) DEFAULT ''::character varying NOT NULL,
    fees_since date,
    fees_tax_type character varying(50) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE public.connections_gateway ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_gateway_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_home (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    place character varying(200) NOT NULL,
    folder character varying(40) NOT NULL,
    since timestamp with time zone NOT NULL,
    doubt character varying(300) NOT NULL,
    known_until timestamp with time zone
);
ALTER TABLE public.connections_home ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_home_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_lineaccount (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    account character varying(10) NOT NULL,
    tax_type character varying(50) NOT NULL,
    connection_id bigint NOT NULL
);
ALTER TABLE public.connections_lineaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_lineaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_mailaccess (
    every character varying(8) NOT NULL,
    run_at time without time zone NOT NULL,
    next_run_at timestamp with time zone,
    is_together boolean NOT NULL,
    connection_id bigint NOT NULL,
    is_enabled boolean NOT NULL,
    host character varying(255) NOT NULL,
    port integer NOT NULL,
    security character varying(8) NOT NULL,
    username character varying(255) NOT NULL,
    password_sealed bytea NOT NULL,
    sender character varying(254) NOT NULL,
    sender_name character varying(100) NOT NULL,
    bcc character varying(1000) NOT NULL,
    subject character varying(150) NOT NULL,
    text text NOT NULL,
    seller text NOT NULL,
    vat_number character varying(50) NOT NULL,
    footer text NOT NULL,
    title character varying(60) NOT NULL,
    paper character varying(8) NOT NULL,
    failures smallint NOT NULL,
    CONSTRAINT connections_mailaccess_failures_check CHECK ((failures >= 0)),
    CONSTRAINT connections_mailaccess_port_check CHECK ((port >= 0))
);
CREATE TABLE public.connections_organisation (
    id bigint NOT NULL,
    ledger character varying(20) NOT NULL,
    their_id character varying(200) NOT NULL,
    name character varying(255) NOT NULL,
    country_code character varying(2) NOT NULL,
    base_currency character varying(3) NOT NULL,
    time_zone character varying(64) NOT NULL,
    short_code character varying(20) NOT NULL,
    edition character varying(20) NOT NULL,
    lock_date date,
    facts_read_at timestamp with time zone,
    company_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    can_invoice boolean DEFAULT true NOT NULL,
    sends_reminders boolean,
    approvals_a_month integer,
    CONSTRAINT connections_organisation_approvals_a_month_check CHECK ((approvals_a_month >= 0))
);
ALTER TABLE public.connections_organisation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_organisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_postingrule (
    id bigint NOT NULL,
    "position" integer NOT NULL,
    title character varying(100) NOT NULL,
    "when" jsonb NOT NULL,
    account character varying(10) NOT NULL,
    tax_type character varying(50) NOT NULL,
    connection_id bigint NOT NULL,
    item character varying(8) DEFAULT ''::character varying NOT NULL,
    tracking jsonb DEFAULT '[]'::jsonb NOT NULL,
    tax_shape character varying(16) DEFAULT ''::character varying NOT NULL,
    tax_account character varying(10) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT connections_postingrule_position_check CHECK (("position" >= 0)),
    CONSTRAINT posting_rule_sets_something CHECK ((NOT (((account)::text = ''::text) AND ((item)::text = ''::text) AND ((tax_type)::text = ''::text) AND (tracking = '[]'::jsonb))))
);
ALTER TABLE public.connections_postingrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_postingrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_postingsettings (
    connection_id bigint NOT NULL,
    process_method character varying(16) NOT NULL,
    sales_account character varying(10) NOT NULL,
    shipping_account character varying(10) NOT NULL,
    cogs_account character varying(10) NOT NULL,
    inventory_account character varying(10) NOT NULL,
    contact_name character varying(255) NOT NULL,
    contact_id character varying(36) NOT NULL,
    supplier_contact_name character varying(255) NOT NULL,
    supplier_contact_id character varying(36) NOT NULL,
    purchase_tax_type character varying(50) NOT NULL,
    document_status character varying(16) NOT NULL,
    number_prefix character varying(20) NOT NULL,
    reference_template character varying(200) NOT NULL,
    payment_terms_days smallint NOT NULL,
    start_date date,
    post_when character varying(16) NOT NULL,
    when_tax_differs character varying(16) NOT NULL,
    include_orders_with_errors boolean NOT NULL,
    allow_backorders boolean NOT NULL,
    post_within_minutes smallint NOT NULL,
    default_currency character varying(3) NOT NULL,
    cost_currency character varying(3) NOT NULL,
    not_stock text NOT NULL,
    when_cost_is_zero character varying(16) NOT NULL,
    part_shipment_days smallint NOT NULL,
    cash_steps character varying(200) NOT NULL,
    order_time_zone character varying(64) NOT NULL,
    order_time_zone_confirmed boolean NOT NULL,
    undated_days smallint,
    updated_at timestamp with time zone NOT NULL,
    updated_by_id bigint,
    app_calls_a_day integer,
    contact_per character varying(12) DEFAULT 'one'::character varying NOT NULL,
    post_credit_notes boolean DEFAULT false NOT NULL,
    post_payments boolean DEFAULT false NOT NULL,
    make_accounts boolean DEFAULT false NOT NULL,
    rename_contacts boolean DEFAULT false NOT NULL,
    CONSTRAINT connections_postingsettings_app_calls_a_day_check CHECK ((app_calls_a_day >= 0)),
    CONSTRAINT connections_postingsettings_part_shipment_days_check CHECK ((part_shipment_days >= 0)),
    CONSTRAINT connections_postingsettings_payment_terms_days_check CHECK ((payment_terms_days >= 0)),
    CONSTRAINT connections_postingsettings_post_within_minutes_check CHECK ((post_within_minutes >= 0)),
    CONSTRAINT connections_postingsettings_undated_days_check CHECK ((undated_days >= 0))
);
CREATE TABLE public.connections_setup (
    connection_id bigint NOT NULL,
    answers jsonb DEFAULT '{}'::jsonb NOT NULL,
    marks jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE public.connections_taxmapping (
    id bigint NOT NULL,
    connection_id bigint NOT NULL,
    rate numeric(9,6) NOT NULL,
    tax_type character varying(50) NOT NULL,
    first_seen_at timestamp with time zone NOT NULL
);
ALTER TABLE public.connections_taxmapping ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_taxmapping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.connections_tokenset (
    id bigint NOT NULL,
    access_token_sealed bytea NOT NULL,
    refresh_token_sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    fingerprint character varying(64) NOT NULL,
    scope text NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    connection_id bigint NOT NULL,
    refused_at timestamp with time zone
);
ALTER TABLE public.connections_tokenset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.connections_tokenset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.ending_certificate (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    company_public_id character varying(32) NOT NULL,
    company_name character varying(200) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    says jsonb NOT NULL
);
ALTER TABLE public.ending_certificate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.ending_certificate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.feeds_backfill (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    company_id bigint NOT NULL,
    feed_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    cursor text NOT NULL,
    due_at timestamp with time zone,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    stopped_at timestamp with time zone,
    done integer NOT NULL,
    total integer NOT NULL,
    accepted integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    failures smallint NOT NULL,
    problem character varying(500) NOT NULL,
    asked_by smallint,
    CONSTRAINT feeds_backfill_accepted_check CHECK ((accepted >= 0)),
    CONSTRAINT feeds_backfill_asked_by_check CHECK ((asked_by >= 0)),
    CONSTRAINT feeds_backfill_done_check CHECK ((done >= 0)),
    CONSTRAINT feeds_backfill_failures_check CHECK ((failures >= 0)),
    CONSTRAINT feeds_backfill_refused_check CHECK ((refused >= 0)),
    CONSTRAINT feeds_backfill_total_check CHECK ((total >= 0)),
    CONSTRAINT feeds_backfill_unchanged_check CHECK ((unchanged >= 0))
);
ALTER TABLE public.feeds_backfill ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.feeds_backfill_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.feeds_feed (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    source character varying(40) NOT NULL,
    name character varying(40) NOT NULL,
    secrets jsonb NOT NULL,
    settings jsonb NOT NULL,
    cursor text NOT NULL,
    number_prefix character varying(20) NOT NULL,
    reference_template character varying(200) NOT NULL,
    post_when character varying(16) NOT NULL,
    status_table jsonb NOT NULL,
    last_received_at timestamp with time zone,
    refused integer NOT NULL,
    refused_at timestamp with time zone,
    refused_why character varying(200) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    company_id bigint NOT NULL,
    brings character varying(8) DEFAULT 'sales'::character varying NOT NULL,
    due_at timestamp with time zone,
    failures smallint DEFAULT 0 NOT NULL,
    meets_others boolean DEFAULT false NOT NULL,
    minutes integer,
    "overlaps" jsonb DEFAULT '{}'::jsonb NOT NULL,
    pairing_hash character varying(64) DEFAULT ''::character varying NOT NULL,
    pairing_until timestamp with time zone,
    paused_at timestamp with time zone,
    problem character varying(500) DEFAULT ''::character varying NOT NULL,
    problem_at timestamp with time zone,
    pulled_at timestamp with time zone,
    asked_by smallint,
    CONSTRAINT feeds_feed_asked_by_check CHECK ((asked_by >= 0)),
    CONSTRAINT feeds_feed_failures_check CHECK ((failures >= 0)),
    CONSTRAINT feeds_feed_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT feeds_feed_refused_check CHECK ((refused >= 0))
);
ALTER TABLE public.feeds_feed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.feeds_feed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.feeds_filepiece (
    id bigint NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    company_id bigint NOT NULL,
    file_id bigint NOT NULL,
    CONSTRAINT feeds_filepiece_number_check CHECK ((number >= 0))
);
ALTER TABLE public.feeds_filepiece ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.feeds_filepiece_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.feeds_incomingfile (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    name character varying(255) NOT NULL,
    size bigint NOT NULL,
    modified bigint,
    digest character varying(64) NOT NULL,
    reading character varying(64) NOT NULL,
    state character varying(8) NOT NULL,
    is_watched boolean NOT NULL,
    moved_at timestamp with time zone,
    came_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    attempts smallint NOT NULL,
    done integer NOT NULL,
    total integer,
    accepted integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    ignored integer NOT NULL,
    problems jsonb NOT NULL,
    by_id bigint,
    company_id bigint NOT NULL,
    feed_id bigint NOT NULL,
    CONSTRAINT feeds_incomingfile_accepted_check CHECK ((accepted >= 0)),
    CONSTRAINT feeds_incomingfile_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT feeds_incomingfile_done_check CHECK ((done >= 0)),
    CONSTRAINT feeds_incomingfile_ignored_check CHECK ((ignored >= 0)),
    CONSTRAINT feeds_incomingfile_refused_check CHECK ((refused >= 0)),
    CONSTRAINT feeds_incomingfile_total_check CHECK ((total >= 0)),
    CONSTRAINT feeds_incomingfile_unchanged_check CHECK ((unchanged >= 0))
);
ALTER TABLE public.feeds_incomingfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.feeds_incomingfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.feeds_watchedplace (
    feed_id bigint NOT NULL,
    their_id character varying(300) NOT NULL,
    due_at timestamp with time zone,
    looked_at timestamp with time zone,
    seen jsonb NOT NULL,
    shown_key text NOT NULL,
    problem character varying(500) NOT NULL,
    problem_at timestamp with time zone,
    failures smallint NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT feeds_watchedplace_failures_check CHECK ((failures >= 0))
);
CREATE TABLE public.history_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    subject_kind character varying(12) NOT NULL,
    subject_id bigint NOT NULL,
    what character varying(16) NOT NULL,
    old_state character varying(12) NOT NULL,
    new_state character varying(12) NOT NULL,
    mover character varying(16) NOT NULL,
    attempt_id bigint,
    cause character varying(40) NOT NULL,
    reason character varying(500) NOT NULL,
    before jsonb,
    after jsonb,
    "position" bigint,
    salt bytea NOT NULL,
    digest character varying(64) NOT NULL,
    seal character varying(64) NOT NULL,
    company_id bigint NOT NULL,
    person_id bigint
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.history_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.history_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.history_removed (
    id bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    seal character varying(64) NOT NULL,
    certificate character varying(32) NOT NULL,
    CONSTRAINT removed_first_and_last CHECK ((last >= first))
);
ALTER TABLE public.history_removed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.history_removed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.history_tally (
    id bigint NOT NULL,
    subject_kind character varying(12) NOT NULL,
    what character varying(16) NOT NULL,
    state character varying(12) NOT NULL,
    cause character varying(40) NOT NULL,
    count bigint NOT NULL
);
ALTER TABLE public.history_tally ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.history_tally_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_delivery (
    id bigint NOT NULL,
    source character varying(40) NOT NULL,
    door character varying(80) NOT NULL,
    result character varying(16) NOT NULL,
    body_hash character varying(64) NOT NULL,
    request character varying(32) NOT NULL,
    request_hash character varying(64) NOT NULL,
    request_key character varying(200) NOT NULL,
    "position" integer NOT NULL,
    delivery_id character varying(200) NOT NULL,
    sequence bigint,
    updated_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    answered smallint,
    raw bytea NOT NULL,
    company_id bigint NOT NULL,
    notice_id bigint,
    order_id bigint,
    revision_id bigint,
    feed_id bigint,
    by_id bigint,
    corrects_id bigint,
    external_ref character varying(500) DEFAULT ''::character varying NOT NULL,
    problems jsonb,
    ref character varying(200) DEFAULT ''::character varying NOT NULL,
    settled_at timestamp with time zone,
    is_whole boolean DEFAULT false NOT NULL,
    CONSTRAINT orders_delivery_answered_check CHECK ((answered >= 0)),
    CONSTRAINT orders_delivery_position_check CHECK (("position" >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.orders_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_moneymoved (
    id bigint NOT NULL,
    refund character varying(200) NOT NULL,
    payment character varying(200) NOT NULL,
    gateway character varying(100) NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(20,4) NOT NULL,
    fee numeric(20,4) NOT NULL,
    day date NOT NULL,
    payout character varying(200) NOT NULL,
    payout_day date,
    company_id bigint NOT NULL,
    revision_id bigint NOT NULL,
    invoiced_on date
);
ALTER TABLE public.orders_moneymoved ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_moneymoved_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_moneynews (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    day date,
    posted_day date,
    order_id bigint
);
ALTER TABLE public.orders_moneynews ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_moneynews_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_moneyofday (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    day date NOT NULL,
    feed_id bigint NOT NULL,
    gateway character varying(100) NOT NULL,
    currency character varying(3) NOT NULL,
    is_refund boolean NOT NULL,
    payout character varying(200) NOT NULL,
    payout_day date,
    count integer NOT NULL,
    amount numeric(24,4) NOT NULL,
    fee numeric(24,4) NOT NULL,
    CONSTRAINT orders_moneyofday_count_check CHECK ((count >= 0))
);
ALTER TABLE public.orders_moneyofday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_moneyofday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_notice (
    id bigint NOT NULL,
    content jsonb NOT NULL,
    content_hash character varying(64) NOT NULL,
    raw bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    order_id bigint NOT NULL
);
ALTER TABLE public.orders_notice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_order (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    source_id character varying(200) NOT NULL,
    ref character varying(200) NOT NULL,
    external_ref character varying(500) NOT NULL,
    customer_name character varying(500) NOT NULL,
    currency character varying(3) NOT NULL,
    net numeric(20,4),
    tax numeric(20,4),
    gross numeric(20,4),
    status character varying(100) NOT NULL,
    ordered_at timestamp with time zone,
    dispatched_at timestamp with time zone,
    dispatched_seen_at timestamp with time zone,
    first_received_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    current_revision_id bigint,
    on_hold_since timestamp with time zone,
    typed_date date,
    undispatched_seen_at timestamp with time zone,
    feed_id bigint NOT NULL,
    forgotten_at timestamp with time zone,
    same_as_id bigint,
    sameness character varying(8) DEFAULT ''::character varying NOT NULL,
    typed_refunds jsonb DEFAULT '{}'::jsonb NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.orders_order ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_order_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_orderstanding (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    order_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    standing character varying(16) NOT NULL,
    cause character varying(40) NOT NULL,
    subject character varying(500) NOT NULL,
    detail text NOT NULL,
    unprepared_since timestamp with time zone,
    written_from jsonb NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.orders_orderstanding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_orderstanding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_receivedonday (
    id bigint NOT NULL,
    zone character varying(64) NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT orders_receivedonday_count_check CHECK ((count >= 0))
);
ALTER TABLE public.orders_receivedonday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_receivedonday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.orders_revision (
    id bigint NOT NULL,
    number integer NOT NULL,
    content jsonb NOT NULL,
    content_hash character varying(64) NOT NULL,
    raw bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    order_id bigint NOT NULL,
    CONSTRAINT orders_revision_number_check CHECK ((number >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.orders_revision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.orders_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_arrivals (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    hour timestamp with time zone NOT NULL,
    documents integer NOT NULL,
    company_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT outbox_arrivals_documents_check CHECK ((documents >= 0))
);
ALTER TABLE public.outbox_arrivals ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_arrivals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_assignment (
    id bigint NOT NULL,
    cause character varying(40) NOT NULL,
    note character varying(300) NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    company_id bigint NOT NULL,
    connection_id bigint NOT NULL,
    person_id bigint NOT NULL
);
ALTER TABLE public.outbox_assignment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_assignment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_attempt (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    resource character varying(20) NOT NULL,
    token_fingerprint character varying(64) NOT NULL,
    method character varying(8) NOT NULL,
    url text NOT NULL,
    body bytea NOT NULL,
    body_hash character varying(64) NOT NULL,
    idempotency_key character varying(128) NOT NULL,
    result character varying(10) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    resent_at timestamp with time zone,
    ended_at timestamp with time zone,
    http_status smallint,
    answer bytea NOT NULL,
    correlation_id character varying(100) NOT NULL,
    note character varying(500) NOT NULL,
    company_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    CONSTRAINT outbox_attempt_http_status_check CHECK ((http_status >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.outbox_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_attemptentry (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    outcome character varying(10) NOT NULL,
    words text NOT NULL,
    attempt_id bigint NOT NULL,
    company_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    resolved jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT outbox_attemptentry_position_check CHECK (("position" >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.outbox_attemptentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_attemptentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_entry (
    id bigint NOT NULL,
    public_id character varying(32) NOT NULL,
    kind character varying(20) NOT NULL,
    generation smallint NOT NULL,
    number character varying(255) NOT NULL,
    state character varying(12) NOT NULL,
    state_since timestamp with time zone NOT NULL,
    cause character varying(40) NOT NULL,
    subject character varying(500) NOT NULL,
    detail text NOT NULL,
    not_before timestamp with time zone,
    document jsonb,
    date date,
    contact_name character varying(255) NOT NULL,
    currency character varying(3) NOT NULL,
    net numeric(18,2),
    tax numeric(18,2),
    gross numeric(18,2),
    their_id character varying(36) CONSTRAINT outbox_entry_xero_id_not_null NOT NULL,
    their_status character varying(20) CONSTRAINT outbox_entry_xero_status_not_null NOT NULL,
    their_net numeric(18,2),
    their_tax numeric(18,2),
    their_gross numeric(18,2),
    posted_at timestamp with time zone,
    attention character varying(40) NOT NULL,
    attention_detail text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    company_id bigint NOT NULL,
    last_attempt_id bigint,
    order_id bigint NOT NULL,
    revision_id bigint,
    is_number_free boolean NOT NULL,
    their_paid numeric(18,2),
    their_credited numeric(18,2),
    their_due numeric(18,2),
    their_updated_at timestamp with time zone,
    their_seen_at timestamp with time zone,
    their_differs text CONSTRAINT outbox_entry_xero_differs_not_null NOT NULL,
    cured_by character varying(200) NOT NULL,
    attention_done jsonb NOT NULL,
    given_up_at timestamp with time zone,
    given_up_by_id bigint,
    their_rate numeric(18,6),
    their_digest character varying(64) NOT NULL,
    is_needed boolean NOT NULL,
    open_needs smallint NOT NULL,
    key character varying(100) NOT NULL,
    number_space character varying(260) NOT NULL,
    about_id bigint,
    organisation_id bigint NOT NULL,
    their_version character varying(50) NOT NULL,
    goes_with smallint,
    CONSTRAINT entry_number_free_once_cancelled CHECK (((NOT is_number_free) OR ((state)::text = 'cancelled'::text))),
    CONSTRAINT entry_posted_has_their_id CHECK (((NOT ((state)::text = 'posted'::text)) OR (NOT ((their_id)::text = ''::text)))),
    CONSTRAINT entry_state_known CHECK (((state)::text = ANY ((ARRAY['held'::character varying, 'ready'::character varying, 'sending'::character varying, 'posted'::character varying, 'rejected'::character varying, 'unknown'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT entry_under_way_has_document CHECK ((((state)::text = ANY ((ARRAY['held'::character varying, 'cancelled'::character varying, 'rejected'::character varying])::text[])) OR (document IS NOT NULL))),
    CONSTRAINT outbox_entry_generation_check CHECK ((generation >= 0)),
    CONSTRAINT outbox_entry_goes_with_check CHECK ((goes_with >= 0)),
    CONSTRAINT outbox_entry_open_needs_check CHECK ((open_needs >= 0))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE public.outbox_entry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_entryneed (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    needed_id bigint NOT NULL,
    until character varying(12) NOT NULL,
    met_at timestamp with time zone,
    CONSTRAINT entry_needs_another CHECK ((NOT (entry_id = needed_id)))
);
ALTER TABLE public.outbox_entryneed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_entryneed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_orphan (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    mark character varying(32) NOT NULL,
    number character varying(255) NOT NULL,
    stem character varying(255) NOT NULL,
    their_id character varying(36) NOT NULL,
    their_status character varying(20) NOT NULL,
    contact_id character varying(36) NOT NULL,
    currency character varying(3) NOT NULL,
    gross numeric(18,2),
    stood_at timestamp with time zone NOT NULL,
    found_at timestamp with time zone NOT NULL,
    dismissed_at timestamp with time zone,
    company_id bigint NOT NULL,
    entry_id bigint,
    organisation_id bigint NOT NULL
);
ALTER TABLE public.outbox_orphan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_orphan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_postedonaccount (
    id bigint NOT NULL,
    company_id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    day date NOT NULL,
    kind character varying(20) NOT NULL,
    account text NOT NULL,
    currency character varying(3) NOT NULL,
    count integer NOT NULL,
    amount numeric(24,4) NOT NULL,
    CONSTRAINT outbox_postedonaccount_count_check CHECK ((count >= 0))
);
ALTER TABLE public.outbox_postedonaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_postedonaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_postedonday (
    id bigint NOT NULL,
    zone character varying(64) NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    company_id bigint NOT NULL,
    CONSTRAINT outbox_postedonday_count_check CHECK ((count >= 0))
);
ALTER TABLE public.outbox_postedonday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_postedonday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;
CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;
CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;
CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.proving_proofkey (
    id bigint NOT NULL,
    public_key character varying(64) NOT NULL,
    private_key_sealed bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    lost_at timestamp with time zone
);
ALTER TABLE public.proving_proofkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.proving_proofkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.secrets_knownkey (
    id bigint NOT NULL,
    key_id character varying(255) NOT NULL,
    proof bytea NOT NULL,
    since timestamp with time zone NOT NULL
);
ALTER TABLE public.secrets_knownkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.secrets_knownkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX alert_mail_due ON public.alerts_alertmail USING btree (not_before) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'sending'::character varying])::text[]));
CREATE INDEX alerts_alertmail_membership_id_fa8dcad1 ON public.alerts_alertmail USING btree (membership_id);
CREATE INDEX alerts_alertmail_public_id_91bdc4a6_like ON public.alerts_alertmail USING btree (public_id varchar_pattern_ops);
CREATE INDEX alerts_told_company_id_de4b294b ON public.alerts_told USING btree (company_id);
CREATE INDEX attempt_bodies ON public.outbox_attempt USING btree (created_at) WHERE (NOT ((answer = '\x'::bytea) AND (body = '\x'::bytea)));
CREATE INDEX attempt_newest ON public.outbox_attempt USING btree (company_id, created_at DESC);
CREATE INDEX attempt_pending ON public.outbox_attempt USING btree (created_at) WHERE ((result)::text = 'pending'::text);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX backfill_due ON public.feeds_backfill USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX backfill_one_at_a_time ON public.feeds_backfill USING btree (feed_id) WHERE (ended_at IS NULL);
CREATE INDEX catalog_account_organisation_id_aa36d246 ON public.catalog_account USING btree (organisation_id);
CREATE INDEX catalog_catalogread_organisation_id_6cc6a181 ON public.catalog_catalogread USING btree (organisation_id);
CREATE INDEX catalog_contact_organisation_id_aa12638c ON public.catalog_contact USING btree (organisation_id);
CREATE INDEX catalog_currency_organisation_id_e8da1d1b ON public.catalog_currency USING btree (organisation_id);
CREATE INDEX catalog_customercontact_organisation_id_8f0b41d6 ON public.catalog_customercontact USING btree (organisation_id);
CREATE INDEX catalog_item_organisation_id_81d2aeb6 ON public.catalog_item USING btree (organisation_id);
CREATE INDEX catalog_taxrate_organisation_id_9a1c4c83 ON public.catalog_taxrate USING btree (organisation_id);
CREATE INDEX catalog_trackingoption_organisation_id_9855b743 ON public.catalog_trackingoption USING btree (organisation_id);
CREATE INDEX companies_addresschange_made_by_id_dfb720d4 ON public.companies_addresschange USING btree (made_by_id);
CREATE INDEX companies_addresschange_person_id_e3c75853 ON public.companies_addresschange USING btree (person_id);
CREATE INDEX companies_addresschange_token_hash_e153d70f_like ON public.companies_addresschange USING btree (token_hash varchar_pattern_ops);
CREATE INDEX companies_apikey_company_id_6fd91eb7 ON public.companies_apikey USING btree (company_id);
CREATE INDEX companies_apikey_created_by_id_5b4dc837 ON public.companies_apikey USING btree (created_by_id);
CREATE INDEX companies_apikey_key_hash_bd2c956d_like ON public.companies_apikey USING btree (key_hash varchar_pattern_ops);
CREATE INDEX companies_apikey_public_id_b83702d0_like ON public.companies_apikey USING btree (public_id varchar_pattern_ops);
CREATE INDEX companies_cache_expires ON public.companies_cache USING btree (expires);
CREATE INDEX companies_company_closed_by_id_acbff489 ON public.companies_company USING btree (closed_by_id);
CREATE INDEX companies_company_public_id_be415feb_like ON public.companies_company USING btree (public_id varchar_pattern_ops);
CREATE INDEX companies_invitation_company_id_5fd600aa ON public.companies_invitation USING btree (company_id);
CREATE INDEX companies_invitation_invited_by_id_94934db8 ON public.companies_invitation USING btree (invited_by_id);
CREATE INDEX companies_invitation_public_id_8297782b_like ON public.companies_invitation USING btree (public_id varchar_pattern_ops);
CREATE INDEX companies_invitation_token_hash_663f581d_like ON public.companies_invitation USING btree (token_hash varchar_pattern_ops);
CREATE INDEX companies_itemcost_company_id_c3c77183 ON public.companies_itemcost USING btree (company_id);
CREATE INDEX companies_membership_company_id_f99b2b7a ON public.companies_membership USING btree (company_id);
CREATE INDEX companies_membership_person_id_a028fc98 ON public.companies_membership USING btree (person_id);
CREATE INDEX companies_person_email_ba1f56e7_like ON public.companies_person USING btree (email varchar_pattern_ops);
CREATE INDEX companies_person_groups_group_id_3f8bb87b ON public.companies_person_groups USING btree (group_id);
CREATE INDEX companies_person_groups_person_id_3a8835f0 ON public.companies_person_groups USING btree (person_id);
CREATE INDEX companies_person_user_permissions_permission_id_1122a66d ON public.companies_person_user_permissions USING btree (permission_id);
CREATE INDEX companies_person_user_permissions_person_id_97177c09 ON public.companies_person_user_permissions USING btree (person_id);
CREATE INDEX companies_savedview_person_id_e2ad4722 ON public.companies_savedview USING btree (person_id);
CREATE INDEX companies_setuplink_token_hash_5858958e_like ON public.companies_setuplink USING btree (token_hash varchar_pattern_ops);
CREATE INDEX company_kept_until ON public.companies_company USING btree (kept_until) WHERE (kept_until IS NOT NULL);
CREATE INDEX connections_channelcontact_connection_id_ae9f85ab ON public.connections_channelcontact USING btree (connection_id);
CREATE INDEX connections_connection_company_id_c7616823 ON public.connections_connection USING btree (company_id);
CREATE INDEX connections_connection_last_organisation_id_6cfdee31 ON public.connections_connection USING btree (last_organisation_id);
CREATE INDEX connections_connection_organisation_id_02e8ebbd ON public.connections_connection USING btree (organisation_id);
CREATE INDEX connections_connection_public_id_96bff1be_like ON public.connections_connection USING btree (public_id varchar_pattern_ops);
CREATE INDEX connections_consent_connection_id_026deab7 ON public.connections_consent USING btree (connection_id);
CREATE INDEX connections_consent_person_id_71a13911 ON public.connections_consent USING btree (person_id);
CREATE INDEX connections_consent_state_hash_07a9ffe4_like ON public.connections_consent USING btree (state_hash varchar_pattern_ops);
CREATE INDEX connections_gateway_connection_id_9481812f ON public.connections_gateway USING btree (connection_id);
CREATE INDEX connections_lineaccount_connection_id_ddce7d48 ON public.connections_lineaccount USING btree (connection_id);
CREATE INDEX connections_organisation_company_id_5ea2a079 ON public.connections_organisation USING btree (company_id);
CREATE INDEX connections_organisation_connection_id_467722d4 ON public.connections_organisation USING btree (connection_id);
CREATE INDEX connections_postingrule_connection_id_632b906a ON public.connections_postingrule USING btree (connection_id);
CREATE INDEX connections_postingsettings_updated_by_id_7a92d3b9 ON public.connections_postingsettings USING btree (updated_by_id);
CREATE INDEX connections_taxmapping_connection_id_f047992b ON public.connections_taxmapping USING btree (connection_id);
CREATE UNIQUE INDEX contact_of_channel_once ON public.connections_channelcontact USING btree (connection_id, lower((channel)::text));
CREATE INDEX customer_contact_by_id ON public.catalog_customercontact USING btree (organisation_id, contact_id);
CREATE INDEX delivery_by_result ON public.orders_delivery USING btree (company_id, result, id DESC) WHERE ((result)::text = ANY ((ARRAY['unchanged'::character varying, 'late_retry'::character varying, 'refused'::character varying, 'ignored'::character varying, 'waiting'::character varying])::text[]));
CREATE INDEX delivery_corrects ON public.orders_delivery USING btree (corrects_id) WHERE (corrects_id IS NOT NULL);
CREATE INDEX delivery_external_ref ON public.orders_delivery USING btree (company_id, external_ref) WHERE ((external_ref)::text > ''::text);
CREATE INDEX delivery_notice ON public.orders_delivery USING btree (notice_id) WHERE (notice_id IS NOT NULL);
CREATE INDEX delivery_of_feed ON public.orders_delivery USING btree (feed_id, id DESC);
CREATE INDEX delivery_open ON public.orders_delivery USING btree (company_id, result, id DESC) WHERE (((result)::text = ANY ((ARRAY['refused'::character varying, 'waiting'::character varying])::text[])) AND (settled_at IS NULL));
CREATE INDEX delivery_order ON public.orders_delivery USING btree (order_id, id);
CREATE INDEX delivery_raw ON public.orders_delivery USING btree (received_at) WHERE (NOT (raw = '\x'::bytea));
CREATE INDEX delivery_ref ON public.orders_delivery USING btree (company_id, ref) WHERE ((ref)::text > ''::text);
CREATE INDEX delivery_request_key ON public.orders_delivery USING btree (company_id, request_key) WHERE (NOT ((request_key)::text = ''::text));
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX ending_certificate_company_public_id_ce89666a_like ON public.ending_certificate USING btree (company_public_id varchar_pattern_ops);
CREATE INDEX ending_certificate_public_id_54c04933_like ON public.ending_certificate USING btree (public_id varchar_pattern_ops);
CREATE INDEX entry_about ON public.outbox_entry USING btree (about_id) WHERE (about_id IS NOT NULL);
CREATE INDEX entry_attention ON public.outbox_entry USING btree (company_id, attention) WHERE (NOT ((attention)::text = ''::text));
CREATE INDEX entry_by_cause ON public.outbox_entry USING btree (company_id, cause, id DESC) WHERE ((state)::text = ANY ((ARRAY['held'::character varying, 'rejected'::character varying])::text[]));
CREATE INDEX entry_by_gross ON public.outbox_entry USING btree (company_id, gross, id);
CREATE INDEX entry_by_kind ON public.outbox_entry USING btree (company_id, kind, id DESC);
CREATE INDEX entry_by_posting ON public.outbox_entry USING btree (company_id, posted_at, id) INCLUDE (date, gross) WHERE ((state)::text = 'posted'::text);
CREATE INDEX entry_by_since ON public.outbox_entry USING btree (company_id, state_since, id) INCLUDE (date, gross);
CREATE INDEX entry_by_state ON public.outbox_entry USING btree (company_id, state, id DESC);
CREATE INDEX entry_dated ON public.outbox_entry USING btree (company_id, date, id) INCLUDE (gross);
CREATE INDEX entry_given_up ON public.outbox_entry USING btree (company_id, order_id) WHERE (given_up_at IS NOT NULL);
CREATE INDEX entry_given_up_by ON public.outbox_entry USING btree (given_up_by_id) WHERE (given_up_by_id IS NOT NULL);
CREATE INDEX entry_grams ON public.outbox_entry USING gin (public.daybook_grams(company_id, VARIADIC ARRAY[(number)::text, (contact_name)::text])) WHERE ((state)::text = ANY ((ARRAY['cancelled'::character varying, 'posted'::character varying])::text[]));
CREATE INDEX entry_in_flight ON public.outbox_entry USING btree (state_since) WHERE ((state)::text = ANY ((ARRAY['sending'::character varying, 'unknown'::character varying])::text[]));
CREATE INDEX entry_invoiced ON public.outbox_entry USING btree (company_id, order_id) INCLUDE (date, their_status) WHERE (((kind)::text = 'invoice'::text) AND ((state)::text = 'posted'::text));
CREATE INDEX entry_need_open ON public.outbox_entryneed USING btree (company_id) WHERE (met_at IS NULL);
CREATE INDEX entry_needs_a_person ON public.outbox_entry USING btree (company_id, order_id) INCLUDE (organisation_id, kind, state, state_since, cause, attention, currency, gross) WHERE (((state)::text = ANY ((ARRAY['held'::character varying, 'rejected'::character varying])::text[])) OR (NOT ((attention)::text = ''::text)));
CREATE UNIQUE INDEX entry_number_once ON public.outbox_entry USING btree (number_space, upper((number)::text)) WHERE (NOT is_number_free);
CREATE UNIQUE INDEX entry_one_live ON public.outbox_entry USING btree (organisation_id, order_id, kind, key) WHERE ((state)::text = ANY ((ARRAY['held'::character varying, 'ready'::character varying, 'sending'::character varying, 'unknown'::character varying, 'rejected'::character varying])::text[]));
CREATE INDEX entry_ready ON public.outbox_entry USING btree (organisation_id, kind, ((id + 0))) WHERE ((open_needs = 0) AND ((state)::text = 'ready'::text));
CREATE INDEX entry_seldom_by_date ON public.outbox_entry USING btree (company_id, kind, date, id) WHERE (NOT ((kind)::text = ANY ((ARRAY['invoice'::character varying, 'payment'::character varying, 'purchase_order'::character varying])::text[])));
CREATE INDEX entry_seldom_by_gross ON public.outbox_entry USING btree (company_id, kind, gross, id) WHERE (NOT ((kind)::text = ANY ((ARRAY['invoice'::character varying, 'payment'::character varying, 'purchase_order'::character varying])::text[])));
CREATE INDEX entry_untold ON public.outbox_entry USING btree (company_id, organisation_id) WHERE (((kind)::text = ANY ((ARRAY['payment'::character varying, 'refund'::character varying])::text[])) AND (NOT ((document ->> 'untold'::text) = '0'::text)));
CREATE INDEX event_by_day ON public.history_event USING btree (company_id, at, id);
CREATE INDEX event_by_people ON public.history_event USING btree (company_id, id DESC) WHERE ((mover)::text = 'person'::text);
CREATE INDEX event_of_person ON public.history_event USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX event_of_settings ON public.history_event USING btree (company_id, id DESC) WHERE (NOT ((subject_kind)::text = ANY ((ARRAY['entry'::character varying, 'order'::character varying])::text[])));
CREATE INDEX event_of_subject ON public.history_event USING btree (company_id, subject_kind, subject_id, id);
CREATE INDEX event_unnumbered ON public.history_event USING btree (id) WHERE ("position" IS NULL);
CREATE INDEX feed_due ON public.feeds_feed USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX feed_pairing ON public.feeds_feed USING btree (pairing_hash) WHERE (NOT ((pairing_hash)::text = ''::text));
CREATE INDEX feeds_backfill_feed_id_053ef2c3 ON public.feeds_backfill USING btree (feed_id);
CREATE INDEX feeds_backfill_public_id_b1a9dc4d_like ON public.feeds_backfill USING btree (public_id varchar_pattern_ops);
CREATE INDEX feeds_feed_company_id_6ce8c86b ON public.feeds_feed USING btree (company_id);
CREATE INDEX feeds_feed_public_id_6c869cc2_like ON public.feeds_feed USING btree (public_id varchar_pattern_ops);
CREATE INDEX feeds_incomingfile_public_id_2b1a2976_like ON public.feeds_incomingfile USING btree (public_id varchar_pattern_ops);
CREATE INDEX feeds_watchedplace_company_id_2c2f92a1 ON public.feeds_watchedplace USING btree (company_id);
CREATE INDEX feeds_watchedplace_their_id_5cb65b42_like ON public.feeds_watchedplace USING btree (their_id varchar_pattern_ops);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX incoming_file_listed ON public.feeds_incomingfile USING btree (company_id, id DESC);
CREATE INDEX incoming_file_name ON public.feeds_incomingfile USING btree (feed_id, name);
CREATE INDEX incoming_file_open ON public.feeds_incomingfile USING btree (feed_id) WHERE (((state)::text = 'kept'::text) OR (is_watched AND (moved_at IS NULL)));
CREATE INDEX incoming_file_same ON public.feeds_incomingfile USING btree (feed_id, digest);
CREATE UNIQUE INDEX invitation_open_once ON public.companies_invitation USING btree (company_id, email) WHERE ((answer)::text = ''::text);
CREATE INDEX mail_choice_due ON public.alerts_mailchoice USING btree (digest_at) WHERE (digest_at IS NOT NULL);
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX money_by_day ON public.orders_moneymoved USING btree (company_id, day);
CREATE INDEX money_by_payout_day ON public.orders_moneymoved USING btree (company_id, payout_day);
CREATE INDEX money_of_day ON public.orders_moneyofday USING btree (company_id, day);
CREATE INDEX money_paid_first ON public.orders_moneymoved USING btree (company_id, invoiced_on, day) WHERE ((invoiced_on IS NULL) OR (invoiced_on > day));
CREATE INDEX order_by_content ON public.orders_order USING btree (current_revision_id) INCLUDE (company_id, id, currency, feed_id);
CREATE INDEX order_by_gross ON public.orders_order USING btree (company_id, gross, id);
CREATE INDEX order_currency ON public.orders_order USING btree (company_id, currency) WHERE ((currency)::text > ''::text);
CREATE INDEX order_external_ref ON public.orders_order USING btree (company_id, external_ref) WHERE ((external_ref)::text > ''::text);
CREATE INDEX order_grams ON public.orders_order USING gin (public.daybook_grams(company_id, VARIADIC ARRAY[(ref)::text, (external_ref)::text, (customer_name)::text]));
CREATE INDEX order_newest ON public.orders_order USING btree (company_id, first_received_at DESC) INCLUDE (id, gross, feed_id);
CREATE INDEX order_newest_of_feed ON public.orders_order USING btree (feed_id, first_received_at DESC);
CREATE INDEX order_ref ON public.orders_order USING btree (company_id, ref);
CREATE INDEX order_standing ON public.orders_orderstanding USING btree (company_id, standing, cause);
CREATE INDEX order_standing_open ON public.orders_orderstanding USING btree (company_id, standing, connection_id) INCLUDE (id, order_id) WHERE ((standing)::text = ANY ((ARRAY['waiting'::character varying, 'held'::character varying])::text[]));
CREATE INDEX order_standing_there ON public.orders_orderstanding USING btree (connection_id, standing, cause);
CREATE INDEX order_unprepared ON public.orders_orderstanding USING btree (unprepared_since) WHERE (unprepared_since IS NOT NULL);
CREATE INDEX orders_delivery_revision_id_07ab0143 ON public.orders_delivery USING btree (revision_id);
CREATE INDEX orders_moneymoved_revision_id_d69d275a ON public.orders_moneymoved USING btree (revision_id);
CREATE INDEX orders_moneynews_company_id_5bf6ad10 ON public.orders_moneynews USING btree (company_id);
CREATE INDEX orders_notice_order_id_62b27ace ON public.orders_notice USING btree (order_id);
CREATE INDEX orders_order_current_revision_id_68542853 ON public.orders_order USING btree (current_revision_id);
CREATE UNIQUE INDEX organisation_connected_once ON public.connections_connection USING btree (holds) WHERE (NOT ((holds)::text = ''::text));
CREATE INDEX orphan_open ON public.outbox_orphan USING btree (organisation_id, kind, stem) WHERE ((dismissed_at IS NULL) AND (entry_id IS NULL));
CREATE INDEX outbox_arrivals_hour_7d40e70b ON public.outbox_arrivals USING btree (hour);
CREATE INDEX outbox_assignment_company_id_f9b830d5 ON public.outbox_assignment USING btree (company_id);
CREATE INDEX outbox_assignment_person_id_50d7d1b7 ON public.outbox_assignment USING btree (person_id);
CREATE INDEX outbox_attempt_organisation_id_a4cccbed ON public.outbox_attempt USING btree (organisation_id);
CREATE INDEX outbox_attemptentry_entry_id_6d0b9a55 ON public.outbox_attemptentry USING btree (entry_id);
CREATE INDEX outbox_entry_last_attempt_id_14ef0f59 ON public.outbox_entry USING btree (last_attempt_id);
CREATE INDEX outbox_entry_order_id_a95fd52d ON public.outbox_entry USING btree (order_id);
CREATE INDEX outbox_entry_revision_id_c180a0c2 ON public.outbox_entry USING btree (revision_id);
CREATE INDEX outbox_entryneed_needed_id_4224c291 ON public.outbox_entryneed USING btree (needed_id);
CREATE INDEX outbox_orphan_company_id_915274eb ON public.outbox_orphan USING btree (company_id);
CREATE INDEX outbox_orphan_entry_id_1d08fa1c ON public.outbox_orphan USING btree (entry_id);
CREATE INDEX outbox_orphan_organisation_id_9fff8306 ON public.outbox_orphan USING btree (organisation_id);
CREATE UNIQUE INDEX person_email_once ON public.companies_person USING btree (lower((email)::text));
CREATE INDEX posted_on_account ON public.outbox_postedonaccount USING btree (company_id, day);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);
CREATE UNIQUE INDEX proof_key_current_once ON public.proving_proofkey USING btree ((1)) WHERE (lost_at IS NULL);
CREATE INDEX proving_proofkey_public_key_546538de_like ON public.proving_proofkey USING btree (public_key varchar_pattern_ops);
CREATE INDEX removed_of_certificate ON public.history_removed USING btree (certificate, last DESC);
CREATE INDEX secrets_knownkey_key_id_c1a78f6e_like ON public.secrets_knownkey USING btree (key_id varchar_pattern_ops);
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);
CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);
CREATE INDEX watched_due ON public.feeds_watchedplace USING btree (due_at) WHERE (due_at IS NOT NULL);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_lineaccount
    ADD CONSTRAINT account_of_kind_once UNIQUE (connection_id, kind);
ALTER TABLE ONLY public.catalog_account
    ADD CONSTRAINT account_once UNIQUE (organisation_id, account_id);
ALTER TABLE ONLY public.alerts_alertmail
    ADD CONSTRAINT alerts_alertmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.alerts_alertmail
    ADD CONSTRAINT alerts_alertmail_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.alerts_mailchoice
    ADD CONSTRAINT alerts_mailchoice_pkey PRIMARY KEY (membership_id);
ALTER TABLE ONLY public.alerts_told
    ADD CONSTRAINT alerts_told_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.alerts_toldoffeed
    ADD CONSTRAINT alerts_toldoffeed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_arrivals
    ADD CONSTRAINT arrivals_of_an_hour UNIQUE (organisation_id, kind, hour);
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT assignment_once UNIQUE (connection_id, cause);
ALTER TABLE ONLY public.outbox_attemptentry
    ADD CONSTRAINT attempt_entry_once UNIQUE (attempt_id, entry_id);
ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT attempt_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.outbox_attemptentry
    ADD CONSTRAINT attempt_position_once UNIQUE (attempt_id, "position");
ALTER TABLE ONLY public.companies_attempts
    ADD CONSTRAINT attempts_once UNIQUE (door, subject);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT backfill_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.catalog_account
    ADD CONSTRAINT catalog_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_catalogread
    ADD CONSTRAINT catalog_catalogread_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_contact
    ADD CONSTRAINT catalog_contact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_currency
    ADD CONSTRAINT catalog_currency_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_customercontact
    ADD CONSTRAINT catalog_customercontact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_item
    ADD CONSTRAINT catalog_item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_catalogread
    ADD CONSTRAINT catalog_read_once UNIQUE (organisation_id, resource);
ALTER TABLE ONLY public.catalog_taxrate
    ADD CONSTRAINT catalog_taxrate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_trackingoption
    ADD CONSTRAINT catalog_trackingoption_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_addresschange
    ADD CONSTRAINT companies_addresschange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_addresschange
    ADD CONSTRAINT companies_addresschange_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.companies_apikey
    ADD CONSTRAINT companies_apikey_key_hash_key UNIQUE (key_hash);
ALTER TABLE ONLY public.companies_apikey
    ADD CONSTRAINT companies_apikey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_apikey
    ADD CONSTRAINT companies_apikey_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.companies_attempts
    ADD CONSTRAINT companies_attempts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_cache
    ADD CONSTRAINT companies_cache_pkey PRIMARY KEY (cache_key);
ALTER TABLE ONLY public.companies_company
    ADD CONSTRAINT companies_company_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_company
    ADD CONSTRAINT companies_company_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.companies_companysettings
    ADD CONSTRAINT companies_companysettings_pkey PRIMARY KEY (company_id);
ALTER TABLE ONLY public.companies_invitation
    ADD CONSTRAINT companies_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_invitation
    ADD CONSTRAINT companies_invitation_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.companies_invitation
    ADD CONSTRAINT companies_invitation_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.companies_itemcost
    ADD CONSTRAINT companies_itemcost_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_membership
    ADD CONSTRAINT companies_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_person
    ADD CONSTRAINT companies_person_email_key UNIQUE (email);
ALTER TABLE ONLY public.companies_person_groups
    ADD CONSTRAINT companies_person_groups_person_id_group_id_94c1f45d_uniq UNIQUE (person_id, group_id);
ALTER TABLE ONLY public.companies_person_groups
    ADD CONSTRAINT companies_person_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_person
    ADD CONSTRAINT companies_person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_person_user_permissions
    ADD CONSTRAINT companies_person_user_pe_person_id_permission_id_ef053c0f_uniq UNIQUE (person_id, permission_id);
ALTER TABLE ONLY public.companies_person_user_permissions
    ADD CONSTRAINT companies_person_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_savedview
    ADD CONSTRAINT companies_savedview_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_setuplink
    ADD CONSTRAINT companies_setuplink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.companies_setuplink
    ADD CONSTRAINT companies_setuplink_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connection_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connection_position_once UNIQUE (company_id, "position");
ALTER TABLE ONLY public.connections_channelcontact
    ADD CONSTRAINT connections_channelcontact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connection_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.connections_consent
    ADD CONSTRAINT connections_consent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_consent
    ADD CONSTRAINT connections_consent_state_hash_key UNIQUE (state_hash);
ALTER TABLE ONLY public.connections_fileaccess
    ADD CONSTRAINT connections_fileaccess_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.connections_fileformat
    ADD CONSTRAINT connections_fileformat_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.connections_gateway
    ADD CONSTRAINT connections_gateway_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_home
    ADD CONSTRAINT connections_home_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_lineaccount
    ADD CONSTRAINT connections_lineaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_mailaccess
    ADD CONSTRAINT connections_mailaccess_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT connections_organisation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_postingrule
    ADD CONSTRAINT connections_postingrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_postingsettings
    ADD CONSTRAINT connections_postingsettings_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.connections_setup
    ADD CONSTRAINT connections_setup_pkey PRIMARY KEY (connection_id);
ALTER TABLE ONLY public.connections_taxmapping
    ADD CONSTRAINT connections_taxmapping_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_tokenset
    ADD CONSTRAINT connections_tokenset_connection_id_key UNIQUE (connection_id);
ALTER TABLE ONLY public.connections_tokenset
    ADD CONSTRAINT connections_tokenset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.catalog_contact
    ADD CONSTRAINT contact_once UNIQUE (organisation_id, contact_id);
ALTER TABLE ONLY public.catalog_currency
    ADD CONSTRAINT currency_once UNIQUE (organisation_id, code);
ALTER TABLE ONLY public.catalog_customercontact
    ADD CONSTRAINT customer_contact_once UNIQUE (organisation_id, key);
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT delivery_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.ending_certificate
    ADD CONSTRAINT ending_certificate_company_public_id_key UNIQUE (company_public_id);
ALTER TABLE ONLY public.ending_certificate
    ADD CONSTRAINT ending_certificate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ending_certificate
    ADD CONSTRAINT ending_certificate_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.outbox_entryneed
    ADD CONSTRAINT entry_need_once UNIQUE (entry_id, needed_id, until);
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT entry_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT entry_once UNIQUE (organisation_id, order_id, kind, key, generation);
ALTER TABLE ONLY public.feeds_feed
    ADD CONSTRAINT feed_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.feeds_feed
    ADD CONSTRAINT feed_once UNIQUE (company_id, name);
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT feeds_backfill_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT feeds_backfill_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.feeds_feed
    ADD CONSTRAINT feeds_feed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_feed
    ADD CONSTRAINT feeds_feed_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT feeds_filepiece_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT feeds_incomingfile_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT feeds_incomingfile_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.feeds_watchedplace
    ADD CONSTRAINT feeds_watchedplace_pkey PRIMARY KEY (feed_id);
ALTER TABLE ONLY public.feeds_watchedplace
    ADD CONSTRAINT feeds_watchedplace_their_id_key UNIQUE (their_id);
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT file_piece_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT file_piece_once UNIQUE (file_id, number);
ALTER TABLE ONLY public.connections_gateway
    ADD CONSTRAINT gateway_once UNIQUE (connection_id, source, name, currency);
ALTER TABLE ONLY public.history_event
    ADD CONSTRAINT history_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.history_event
    ADD CONSTRAINT history_event_position_key UNIQUE ("position");
ALTER TABLE ONLY public.history_removed
    ADD CONSTRAINT history_removed_first_key UNIQUE (first);
ALTER TABLE ONLY public.history_removed
    ADD CONSTRAINT history_removed_last_key UNIQUE (last);
ALTER TABLE ONLY public.history_removed
    ADD CONSTRAINT history_removed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.history_tally
    ADD CONSTRAINT history_tally_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT incoming_file_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.companies_itemcost
    ADD CONSTRAINT item_cost_once UNIQUE (company_id, sku, currency);
ALTER TABLE ONLY public.catalog_item
    ADD CONSTRAINT item_once UNIQUE (organisation_id, code);
ALTER TABLE ONLY public.companies_membership
    ADD CONSTRAINT membership_once UNIQUE (person_id, company_id);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_moneymoved
    ADD CONSTRAINT money_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.orders_notice
    ADD CONSTRAINT notice_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT order_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT order_once UNIQUE (company_id, feed_id, source_id);
ALTER TABLE ONLY public.orders_orderstanding
    ADD CONSTRAINT order_standing_once UNIQUE (order_id, connection_id);
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_moneymoved
    ADD CONSTRAINT orders_moneymoved_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_moneynews
    ADD CONSTRAINT orders_moneynews_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_moneyofday
    ADD CONSTRAINT orders_moneyofday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_notice
    ADD CONSTRAINT orders_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.orders_orderstanding
    ADD CONSTRAINT orders_orderstanding_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_receivedonday
    ADD CONSTRAINT orders_receivedonday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders_revision
    ADD CONSTRAINT orders_revision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT organisation_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT organisation_once UNIQUE (company_id, ledger, their_id);
ALTER TABLE ONLY public.outbox_orphan
    ADD CONSTRAINT orphan_once UNIQUE (organisation_id, kind, their_id);
ALTER TABLE ONLY public.outbox_arrivals
    ADD CONSTRAINT outbox_arrivals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT outbox_assignment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_idempotency_key_key UNIQUE (idempotency_key);
ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.outbox_attemptentry
    ADD CONSTRAINT outbox_attemptentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_public_id_key UNIQUE (public_id);
ALTER TABLE ONLY public.outbox_entryneed
    ADD CONSTRAINT outbox_entryneed_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_orphan
    ADD CONSTRAINT outbox_orphan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_postedonaccount
    ADD CONSTRAINT outbox_postedonaccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_postedonday
    ADD CONSTRAINT outbox_postedonday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_postedonday
    ADD CONSTRAINT posted_on_day_once UNIQUE (company_id, zone, day);
ALTER TABLE ONLY public.connections_postingrule
    ADD CONSTRAINT posting_rule_in_its_place UNIQUE (connection_id, "position");
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.proving_proofkey
    ADD CONSTRAINT proving_proofkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.proving_proofkey
    ADD CONSTRAINT proving_proofkey_public_key_key UNIQUE (public_key);
ALTER TABLE ONLY public.orders_receivedonday
    ADD CONSTRAINT received_on_day_once UNIQUE (company_id, zone, day);
ALTER TABLE ONLY public.orders_revision
    ADD CONSTRAINT revision_number_once UNIQUE (order_id, number);
ALTER TABLE ONLY public.orders_revision
    ADD CONSTRAINT revision_of_company UNIQUE (company_id, id);
ALTER TABLE ONLY public.companies_savedview
    ADD CONSTRAINT saved_view_once UNIQUE (company_id, person_id, page, name);
ALTER TABLE ONLY public.secrets_knownkey
    ADD CONSTRAINT secrets_knownkey_key_id_key UNIQUE (key_id);
ALTER TABLE ONLY public.secrets_knownkey
    ADD CONSTRAINT secrets_knownkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.history_tally
    ADD CONSTRAINT tally_once UNIQUE (subject_kind, what, state, cause);
ALTER TABLE ONLY public.connections_taxmapping
    ADD CONSTRAINT tax_of_connection_once UNIQUE (connection_id, rate);
ALTER TABLE ONLY public.catalog_taxrate
    ADD CONSTRAINT tax_rate_once UNIQUE (organisation_id, tax_type);
ALTER TABLE ONLY public.alerts_toldoffeed
    ADD CONSTRAINT told_of_feed_once UNIQUE (company_id, feed, cause);
ALTER TABLE ONLY public.alerts_told
    ADD CONSTRAINT told_once UNIQUE (connection_id, cause);
ALTER TABLE ONLY public.catalog_trackingoption
    ADD CONSTRAINT tracking_option_once UNIQUE (organisation_id, option_id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);
CREATE TRIGGER history_event_is_not_emptied BEFORE TRUNCATE ON public.history_event FOR EACH STATEMENT EXECUTE FUNCTION public.history_event_is_not_emptied();
CREATE TRIGGER history_event_is_only_added BEFORE DELETE OR UPDATE ON public.history_event FOR EACH ROW EXECUTE FUNCTION public.history_event_is_only_added();
CREATE TRIGGER history_removed_is_not_emptied BEFORE TRUNCATE ON public.history_removed FOR EACH STATEMENT EXECUTE FUNCTION public.history_removed_stays();
CREATE TRIGGER history_removed_stays BEFORE DELETE OR UPDATE ON public.history_removed FOR EACH ROW EXECUTE FUNCTION public.history_removed_stays();
CREATE TRIGGER orders_money_came AFTER INSERT ON public.orders_moneymoved REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.orders_money_came();
CREATE TRIGGER orders_other_money_stands AFTER UPDATE OF current_revision_id, feed_id, currency ON public.orders_order FOR EACH ROW WHEN (((old.current_revision_id IS NOT NULL) AND (((old.current_revision_id IS DISTINCT FROM new.current_revision_id) OR (old.feed_id IS DISTINCT FROM new.feed_id)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)))) EXECUTE FUNCTION public.orders_other_money_stands();
CREATE TRIGGER outbox_money_posted AFTER UPDATE OF state, their_status, date, currency, gross, their_gross, document ON public.outbox_entry FOR EACH ROW WHEN ((((new.kind)::text = ANY ((ARRAY['invoice'::character varying, 'payment'::character varying, 'refund'::character varying, 'bill_payment'::character varying])::text[])) AND (((((old.state)::text = 'posted'::text) OR ((new.state)::text = 'posted'::text)) AND (((((((old.state)::text IS DISTINCT FROM (new.state)::text) OR ((old.their_status)::text IS DISTINCT FROM (new.their_status)::text)) OR (old.date IS DISTINCT FROM new.date)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.gross IS DISTINCT FROM new.gross)) OR (old.their_gross IS DISTINCT FROM new.their_gross))) OR (((new.kind)::text = 'refund'::text) AND (((((((old.state)::text = 'cancelled'::text) IS DISTINCT FROM ((new.state)::text = 'cancelled'::text)) OR (old.date IS DISTINCT FROM new.date)) OR ((old.currency)::text IS DISTINCT FROM (new.currency)::text)) OR (old.gross IS DISTINCT FROM new.gross)) OR ((old.document ->> 'account_code'::text) IS DISTINCT FROM (new.document ->> 'account_code'::text))))))) EXECUTE FUNCTION public.outbox_money_posted();
CREATE TRIGGER outbox_money_was_there AFTER INSERT ON public.outbox_entry FOR EACH ROW WHEN ((((new.kind)::text = ANY ((ARRAY['invoice'::character varying, 'payment'::character varying, 'refund'::character varying, 'bill_payment'::character varying])::text[])) AND (((new.state)::text = 'posted'::text) OR ((new.kind)::text = 'refund'::text)))) EXECUTE FUNCTION public.outbox_money_was_there();
CREATE TRIGGER outbox_other_money_told AFTER UPDATE OF current_revision_id ON public.orders_order FOR EACH ROW WHEN (((old.current_revision_id IS NOT NULL) AND (old.current_revision_id IS DISTINCT FROM new.current_revision_id))) EXECUTE FUNCTION public.outbox_other_money_told();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_companies_person_id FOREIGN KEY (user_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.alerts_alertmail
    ADD CONSTRAINT alerts_alertmail_membership_id_fa8dcad1_fk_companies FOREIGN KEY (membership_id) REFERENCES public.companies_membership(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.alerts_mailchoice
    ADD CONSTRAINT alerts_mailchoice_membership_id_0c4c051f_fk_companies FOREIGN KEY (membership_id) REFERENCES public.companies_membership(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.alerts_told
    ADD CONSTRAINT alerts_told_company_id_de4b294b_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.alerts_told
    ADD CONSTRAINT alerts_told_connection_id_8e7314ec_fk_connections_connection_id FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.alerts_toldoffeed
    ADD CONSTRAINT alerts_toldoffeed_company_id_e1349ba7_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT backfill_of_a_feed_of_its_company FOREIGN KEY (company_id, feed_id) REFERENCES public.feeds_feed(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_account
    ADD CONSTRAINT catalog_account_organisation_id_aa36d246_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_catalogread
    ADD CONSTRAINT catalog_catalogread_organisation_id_6cc6a181_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_contact
    ADD CONSTRAINT catalog_contact_organisation_id_aa12638c_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_currency
    ADD CONSTRAINT catalog_currency_organisation_id_e8da1d1b_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_customercontact
    ADD CONSTRAINT catalog_customercont_organisation_id_8f0b41d6_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_item
    ADD CONSTRAINT catalog_item_organisation_id_81d2aeb6_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_taxrate
    ADD CONSTRAINT catalog_taxrate_organisation_id_9a1c4c83_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.catalog_trackingoption
    ADD CONSTRAINT catalog_trackingopti_organisation_id_9855b743_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_addresschange
    ADD CONSTRAINT companies_addresscha_made_by_id_dfb720d4_fk_companies FOREIGN KEY (made_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_addresschange
    ADD CONSTRAINT companies_addresscha_person_id_e3c75853_fk_companies FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_apikey
    ADD CONSTRAINT companies_apikey_company_id_6fd91eb7_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_apikey
    ADD CONSTRAINT companies_apikey_created_by_id_5b4dc837_fk_companies_person_id FOREIGN KEY (created_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_company
    ADD CONSTRAINT companies_company_closed_by_id_acbff489_fk_companies_person_id FOREIGN KEY (closed_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_companysettings
    ADD CONSTRAINT companies_companyset_company_id_3b7beb3c_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_invitation
    ADD CONSTRAINT companies_invitation_company_id_5fd600aa_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_invitation
    ADD CONSTRAINT companies_invitation_invited_by_id_94934db8_fk_companies FOREIGN KEY (invited_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_itemcost
    ADD CONSTRAINT companies_itemcost_company_id_c3c77183_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_membership
    ADD CONSTRAINT companies_membership_company_id_f99b2b7a_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_membership
    ADD CONSTRAINT companies_membership_person_id_a028fc98_fk_companies_person_id FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_person_groups
    ADD CONSTRAINT companies_person_gro_person_id_3a8835f0_fk_companies FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_person_groups
    ADD CONSTRAINT companies_person_groups_group_id_3f8bb87b_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_person_user_permissions
    ADD CONSTRAINT companies_person_use_permission_id_1122a66d_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_person_user_permissions
    ADD CONSTRAINT companies_person_use_person_id_97177c09_fk_companies FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_savedview
    ADD CONSTRAINT companies_savedview_company_id_32123140_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.companies_savedview
    ADD CONSTRAINT companies_savedview_person_id_e2ad4722_fk_companies_person_id FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_channelcontact
    ADD CONSTRAINT connections_channelc_connection_id_ae9f85ab_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connecti_company_id_c7616823_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connecti_last_organisation_id_6cfdee31_fk_connectio FOREIGN KEY (last_organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connecti_organisation_id_02e8ebbd_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connection_last_organisation_id_same_company FOREIGN KEY (company_id, last_organisation_id) REFERENCES public.connections_organisation(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_connection
    ADD CONSTRAINT connections_connection_organisation_id_same_company FOREIGN KEY (company_id, organisation_id) REFERENCES public.connections_organisation(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_consent
    ADD CONSTRAINT connections_consent_connection_id_026deab7_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_consent
    ADD CONSTRAINT connections_consent_person_id_71a13911_fk_companies_person_id FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_fileaccess
    ADD CONSTRAINT connections_fileacce_connection_id_e528f09c_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_fileformat
    ADD CONSTRAINT connections_fileform_connection_id_c9ed659a_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_gateway
    ADD CONSTRAINT connections_gateway_connection_id_9481812f_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_lineaccount
    ADD CONSTRAINT connections_lineacco_connection_id_ddce7d48_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_mailaccess
    ADD CONSTRAINT connections_mailacce_connection_id_ca000b4f_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT connections_organisa_company_id_5ea2a079_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT connections_organisa_connection_id_467722d4_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_organisation
    ADD CONSTRAINT connections_organisation_connection_id_same_company FOREIGN KEY (company_id, connection_id) REFERENCES public.connections_connection(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_postingrule
    ADD CONSTRAINT connections_postingr_connection_id_632b906a_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_postingsettings
    ADD CONSTRAINT connections_postings_connection_id_40b0a511_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_postingsettings
    ADD CONSTRAINT connections_postings_updated_by_id_7a92d3b9_fk_companies FOREIGN KEY (updated_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_setup
    ADD CONSTRAINT connections_setup_connection_id_33002724_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_taxmapping
    ADD CONSTRAINT connections_taxmappi_connection_id_f047992b_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.connections_tokenset
    ADD CONSTRAINT connections_tokenset_connection_id_8d3be720_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_companies_person_id FOREIGN KEY (user_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT feeds_backfill_company_id_66b14916_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_backfill
    ADD CONSTRAINT feeds_backfill_feed_id_053ef2c3_fk_feeds_feed_id FOREIGN KEY (feed_id) REFERENCES public.feeds_feed(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_feed
    ADD CONSTRAINT feeds_feed_company_id_6ce8c86b_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT feeds_filepiece_company_id_048be690_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT feeds_filepiece_file_id_47f4622a_fk_feeds_incomingfile_id FOREIGN KEY (file_id) REFERENCES public.feeds_incomingfile(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT feeds_incomingfile_by_id_94a87cfa_fk_companies_person_id FOREIGN KEY (by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT feeds_incomingfile_company_id_b76dba18_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT feeds_incomingfile_feed_id_452f8c5a_fk_feeds_feed_id FOREIGN KEY (feed_id) REFERENCES public.feeds_feed(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_watchedplace
    ADD CONSTRAINT feeds_watchedplace_company_id_2c2f92a1_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_watchedplace
    ADD CONSTRAINT feeds_watchedplace_feed_id_f547bb59_fk_feeds_feed_id FOREIGN KEY (feed_id) REFERENCES public.feeds_feed(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_filepiece
    ADD CONSTRAINT file_piece_file_of_company FOREIGN KEY (company_id, file_id) REFERENCES public.feeds_incomingfile(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.history_event
    ADD CONSTRAINT history_event_company_id_d23fc30c_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_incomingfile
    ADD CONSTRAINT incoming_file_feed_of_company FOREIGN KEY (company_id, feed_id) REFERENCES public.feeds_feed(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_companies_person_id FOREIGN KEY (user_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_company_id_eecee551_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_feed_id_same_company FOREIGN KEY (company_id, feed_id) REFERENCES public.feeds_feed(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_notice_id_same_company FOREIGN KEY (company_id, notice_id) REFERENCES public.orders_notice(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_order_id_same_company FOREIGN KEY (company_id, order_id) REFERENCES public.orders_order(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_delivery
    ADD CONSTRAINT orders_delivery_revision_id_same_company FOREIGN KEY (company_id, revision_id) REFERENCES public.orders_revision(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_moneymoved
    ADD CONSTRAINT orders_moneymoved_company_id_66533cd9_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_moneymoved
    ADD CONSTRAINT orders_moneymoved_revision_id_same_company FOREIGN KEY (company_id, revision_id) REFERENCES public.orders_revision(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_moneynews
    ADD CONSTRAINT orders_moneynews_company_id_5bf6ad10_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_moneyofday
    ADD CONSTRAINT orders_moneyofday_company_id_5b9cff53_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_notice
    ADD CONSTRAINT orders_notice_order_id_same_company FOREIGN KEY (company_id, order_id) REFERENCES public.orders_order(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_current_revision_id_same_company FOREIGN KEY (company_id, current_revision_id) REFERENCES public.orders_revision(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_order
    ADD CONSTRAINT orders_order_feed_id_same_company FOREIGN KEY (company_id, feed_id) REFERENCES public.feeds_feed(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderstanding
    ADD CONSTRAINT orders_orderstanding_connection_id_same_company FOREIGN KEY (company_id, connection_id) REFERENCES public.connections_connection(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_orderstanding
    ADD CONSTRAINT orders_orderstanding_order_id_same_company FOREIGN KEY (company_id, order_id) REFERENCES public.orders_order(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_receivedonday
    ADD CONSTRAINT orders_receivedonday_company_id_a4aeebcc_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.orders_revision
    ADD CONSTRAINT orders_revision_order_id_same_company FOREIGN KEY (company_id, order_id) REFERENCES public.orders_order(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_arrivals
    ADD CONSTRAINT outbox_arrivals_company_id_fa8f895a_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_arrivals
    ADD CONSTRAINT outbox_arrivals_organisation_id_b1d81193_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT outbox_assignment_by_id_94095ca9_fk_companies_person_id FOREIGN KEY (by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT outbox_assignment_company_id_f9b830d5_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT outbox_assignment_connection_id_b722713c_fk_connectio FOREIGN KEY (connection_id) REFERENCES public.connections_connection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_assignment
    ADD CONSTRAINT outbox_assignment_person_id_50d7d1b7_fk_companies_person_id FOREIGN KEY (person_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_attempt
    ADD CONSTRAINT outbox_attempt_organisation_id_same_company FOREIGN KEY (company_id, organisation_id) REFERENCES public.connections_organisation(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_attemptentry
    ADD CONSTRAINT outbox_attemptentry_attempt_id_same_company FOREIGN KEY (company_id, attempt_id) REFERENCES public.outbox_attempt(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_attemptentry
    ADD CONSTRAINT outbox_attemptentry_entry_id_same_company FOREIGN KEY (company_id, entry_id) REFERENCES public.outbox_entry(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_about_id_same_company FOREIGN KEY (company_id, about_id) REFERENCES public.outbox_entry(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_given_up_by_id_b1c76026_fk_companies_person_id FOREIGN KEY (given_up_by_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_last_attempt_id_14ef0f59_fk_outbox_attempt_id FOREIGN KEY (last_attempt_id) REFERENCES public.outbox_attempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_order_id_same_company FOREIGN KEY (company_id, order_id) REFERENCES public.orders_order(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_organisation_id_same_company FOREIGN KEY (company_id, organisation_id) REFERENCES public.connections_organisation(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entry
    ADD CONSTRAINT outbox_entry_revision_id_same_company FOREIGN KEY (company_id, revision_id) REFERENCES public.orders_revision(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entryneed
    ADD CONSTRAINT outbox_entryneed_entry_id_same_company FOREIGN KEY (company_id, entry_id) REFERENCES public.outbox_entry(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_entryneed
    ADD CONSTRAINT outbox_entryneed_needed_id_same_company FOREIGN KEY (company_id, needed_id) REFERENCES public.outbox_entry(company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_orphan
    ADD CONSTRAINT outbox_orphan_company_id_915274eb_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_orphan
    ADD CONSTRAINT outbox_orphan_entry_id_1d08fa1c_fk_outbox_entry_id FOREIGN KEY (entry_id) REFERENCES public.outbox_entry(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_orphan
    ADD CONSTRAINT outbox_orphan_organisation_id_9fff8306_fk_connectio FOREIGN KEY (organisation_id) REFERENCES public.connections_organisation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_postedonaccount
    ADD CONSTRAINT outbox_postedonaccou_company_id_b319899f_fk_companies FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.outbox_postedonday
    ADD CONSTRAINT outbox_postedonday_company_id_252611de_fk_companies_company_id FOREIGN KEY (company_id) REFERENCES public.companies_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_userses_user_id_af5e0a6d_fk_companies FOREIGN KEY (user_id) REFERENCES public.companies_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.feeds_watchedplace
    ADD CONSTRAINT watched_place_feed_of_company FOREIGN KEY (company_id, feed_id) REFERENCES public.feeds_feed(company_id, id) DEFERRABLE INITIALLY DEFERRED;
