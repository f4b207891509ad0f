import { type CatalogCheck, NO_EXTENSION, SEQUENCES, SUPERUSER, USER_SCHEMA } from './catalog-check.ts'

/** What the database holds, and how whole it is. */
export const databaseChecks: readonly CatalogCheck[] = [
  {
    id: 'db.extensions',
    title: 'no extension opens the server',
    tier: 'recommended',
    domain: 'database',
    sql: `select extname || ' reaches other servers or files' as what, format('drop extension %I', extname) as fix
      from pg_extension where extname in ('dblink', 'file_fdw', 'adminpack', 'plpythonu', 'plpython3u', 'plperlu', 'pltclu')`,
  },
  {
    id: 'db.foreign-passwords',
    title: 'no password stands in a user mapping',
    tier: 'recommended',
    domain: 'database',
    needs: SUPERUSER,
    sql: `select srvname || ' for ' || usename || ' holds a password' as what, format('alter user mapping for %I server %I options (drop password)', usename, srvname) as fix
      from pg_user_mappings where array_to_string(umoptions, ',') like '%password=%'`,
  },
  {
    id: 'db.subscription-passwords',
    title: 'no password stands in a subscription',
    tier: 'recommended',
    domain: 'database',
    advice: 'let the subscription find its password in a password file: alter subscription … connection …',
    needs: SUPERUSER,
    sql: `select subname || ' holds a password' as what, null as fix from pg_subscription where subconninfo ~ 'password='`,
  },
  {
    id: 'db.publish-all',
    title: 'no publication sends every table',
    tier: 'recommended',
    domain: 'database',
    isSoft: true,
    sql: `select pubname || ' sends every table, those to come too' as what, format('drop publication %I', pubname) as fix from pg_publication where puballtables`,
  },
  {
    id: 'db.encoding',
    title: 'texts have an encoding',
    tier: 'recommended',
    domain: 'database',
    advice: 'make a database with UTF8 and carry the data over: dbops backup restore',
    sql: `select datname || ' takes any bytes for text' as what, null as fix from pg_database where datname = current_database() and encoding = 0`,
  },
  {
    id: 'db.template',
    title: 'nobody enters template0',
    tier: 'recommended',
    domain: 'database',
    sql: `select 'template0 lets sessions in, so that new databases may not be clean' as what, 'alter database template0 allow_connections false' as fix
      from pg_database where datname = 'template0' and datallowconn`,
  },
  {
    id: 'db.invalid-index',
    title: 'every index is valid',
    tier: 'recommended',
    domain: 'database',
    sql: `select indexrelid::regclass || ' is not' as what, format('drop index %s', indexrelid::regclass) as fix from pg_index where not indisvalid`,
  },
  {
    id: 'db.duplicate-index',
    title: 'no index is there twice',
    tier: 'optional',
    domain: 'database',
    isSoft: true,
    sql: `select b.indexrelid::regclass || ' is the same as ' || a.indexrelid::regclass as what, format('drop index %s', b.indexrelid::regclass) as fix
      from pg_index a join pg_index b on a.indrelid = b.indrelid and a.indexrelid < b.indexrelid and a.indkey::text = b.indkey::text and a.indclass::text = b.indclass::text
        and a.indisunique = b.indisunique and a.indoption::text = b.indoption::text and a.indcollation::text = b.indcollation::text
        and coalesce(a.indpred::text, '') = coalesce(b.indpred::text, '') and coalesce(a.indexprs::text, '') = coalesce(b.indexprs::text, '')
      where a.indisvalid and b.indisvalid and not exists (select from pg_constraint where conindid = b.indexrelid)
        and (select count(distinct relam) from pg_class where oid in (a.indexrelid, b.indexrelid)) = 1`,
  },
  {
    id: 'db.no-key',
    title: 'every table has a key',
    tier: 'optional',
    domain: 'database',
    isSoft: true,
    advice: 'add a primary key: rows can then be told apart, replicated and corrected',
    sql: `select c.oid::regclass || ' has no primary key' as what, null as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace where ${USER_SCHEMA} and relkind in ('r', 'p') and not relispartition and ${NO_EXTENSION('pg_class', 'c.oid')}
        and not exists (select from pg_index where indrelid = c.oid and indisprimary)`,
  },
  {
    id: 'db.unvalidated',
    title: 'every constraint was checked',
    tier: 'recommended',
    domain: 'database',
    sql: `select format('%s of %s was not', conname, conrelid::regclass) as what, format('alter table %s validate constraint %I', conrelid::regclass, conname) as fix
      from pg_constraint where not convalidated and conrelid <> 0`,
  },
  {
    id: 'db.disabled-triggers',
    title: 'no trigger is switched off',
    tier: 'recommended',
    domain: 'database',
    sql: `select format('%s of %s is', tgname, tgrelid::regclass) as what, format('alter table %s enable trigger %I', tgrelid::regclass, tgname) as fix
      from pg_trigger where not tgisinternal and tgenabled = 'D'`,
  },
  {
    id: 'db.unlogged',
    title: 'no table is emptied by a crash',
    tier: 'recommended',
    domain: 'database',
    isSoft: true,
    sql: `select c.oid::regclass || ' is not in the WAL' as what, format('alter table %s set logged', c.oid::regclass) as fix
      from pg_class c where relkind = 'r' and relpersistence = 'u'`,
  },
  {
    id: 'db.no-vacuum',
    title: 'every table is vacuumed',
    tier: 'recommended',
    domain: 'database',
    sql: `select c.oid::regclass || ' is left out by autovacuum' as what, format('alter table %s reset (autovacuum_enabled)', c.oid::regclass) as fix
      from pg_class c where array_to_string(reloptions, ',') ~ 'autovacuum_enabled=(false|off)'`,
  },
  {
    id: 'db.wraparound',
    title: 'transaction numbers are far from their end',
    tier: 'critical',
    domain: 'database',
    advice: 'dbops maint run vacuums the oldest tables',
    sql: `select datname || ' has used ' || round(100.0 * age(datfrozenxid) / 2e9) || ' %' as what, null as fix from pg_database where age(datfrozenxid) > 1e9`,
  },
  {
    id: 'db.multixact',
    title: 'multixact numbers are far from their end',
    tier: 'critical',
    domain: 'database',
    advice: 'dbops maint run vacuums the oldest tables',
    sql: `select datname || ' has used ' || round(100.0 * mxid_age(datminmxid) / 2e9) || ' %' as what, null as fix from pg_database where mxid_age(datminmxid) > 1e9`,
  },
  {
    id: 'db.sequences',
    title: 'no sequence nears its end',
    tier: 'recommended',
    domain: 'database',
    advice: 'widen the column to bigint',
    needs: SEQUENCES,
    sql: `select schemaname || '.' || sequencename || ' has used ' || round(100 * last_value::numeric / max_value) || ' %' as what,
      format('alter sequence %I.%I as bigint maxvalue 9223372036854775807', schemaname, sequencename) as fix
      from pg_sequences where last_value > max_value * 0.8 and not cycle`,
  },
  {
    id: 'db.collation',
    title: 'collations are those of the system',
    tier: 'recommended',
    domain: 'database',
    sql: `select collname || ' was made with another version' as what, format('reindex, then: alter collation %I refresh version', collname) as fix
      from pg_collation where collversion is not null and collversion <> pg_collation_actual_version(oid)`,
  },
  {
    id: 'db.checksum-failures',
    title: 'no page was damaged',
    tier: 'critical',
    domain: 'database',
    advice: 'restore the database: dbops backup restore',
    sql: `select datname || ': ' || checksum_failures as what, null as fix from pg_stat_database where checksum_failures > 0`,
  },
]
