import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Tells whoever listens on `pcap_changes` what a statement changed, in the commit that changes it. */
const FUNCTIONS = [
  `create function tell_task_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform pg_notify('pcap_changes', 'task ' || coalesce(new.owner_id::text, '-'));
  else
    perform pg_notify('pcap_changes', 'task ' || coalesce(old.owner_id::text, '-') || ' ' || old.task_id);
    if tg_op = 'UPDATE' and new.owner_id is distinct from old.owner_id then
      perform pg_notify('pcap_changes', 'task ' || coalesce(new.owner_id::text, '-'));
    end if;
  end if;
  return null;
end $$`,
  `create function tell_user_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('pcap_changes', 'access ' || old.id);
  if tg_op = 'DELETE' then
    perform pg_notify('pcap_changes', 'name ' || old.id);
  elsif new.username is distinct from old.username then
    perform pg_notify('pcap_changes', 'name ' || old.id);
  end if;
  return null;
end $$`,
  `create function tell_access_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('pcap_changes', 'access ' || old.user_id);
  return null;
end $$`,
  `create function tell_table_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('pcap_changes', 'everything');
  return null;
end $$`,
] as const

const TRIGGERS = [
  'create trigger tell_change after insert or delete on tasks for each row execute function tell_task_change()',
  'create trigger tell_update after update on tasks for each row when (old.* is distinct from new.*) execute function tell_task_change()',
  'create trigger tell_change after delete on users for each row execute function tell_user_change()',
  'create trigger tell_update after update on users for each row when (old.* is distinct from new.*) execute function tell_user_change()',
  'create trigger tell_change after update or delete on sessions for each row execute function tell_access_change()',
  // when a key was used last is noted again and again, and changes nothing of what it may do
  'create trigger tell_change after delete or update of user_id, key_hash, scopes, expires_at, revoked_at on api_keys for each row execute function tell_access_change()',
  ...['tasks', 'users', 'sessions', 'api_keys'].map(
    (table) =>
      `create trigger tell_truncate after truncate on ${table} for each statement execute function tell_table_change()`,
  ),
] as const

/** What of PostgreSQL processes need to keep what they read until it changes. SQLite tells by itself that it changed. */
export const changeNotices: SchemaStep = {
  name: '030_change_notices',
  description: 'notices of changes to tasks, users, sessions and keys, sent by the commit that makes them',
  async up(database, types) {
    if (types.dialect !== 'postgres') return
    for (const text of [...FUNCTIONS, ...TRIGGERS]) await sql.raw(text).execute(database)
  },
  async down(database, types) {
    if (types.dialect !== 'postgres') return
    for (const name of ['tell_task_change', 'tell_user_change', 'tell_access_change', 'tell_table_change'])
      await sql.raw(`drop function ${name}() cascade`).execute(database)
  },
}
