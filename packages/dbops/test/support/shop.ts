import type { TestCluster } from '@pcap-analyzer/dbops/testing'

/** Fills a database with what a backup must not lose: policies, grants, owners, sequences, enums, views, large values, odd names. */
export function seedShop(cluster: TestCluster, database: string): void {
  cluster.sql(
    `
    do $$ begin
      if to_regrole('shop_owner') is null then create role shop_owner; create role shop_reader; end if;
    end $$;
    create schema app authorization shop_owner;
    create type app.colour as enum ('red', 'green');
    create table app.orders (
      id bigint generated always as identity primary key, owner_id int not null, note text, at timestamptz default now(),
      price numeric(12, 2) default 1.10, ratio float8 default 0.1, colour app.colour default 'red', payload jsonb default '{"a": [1, null]}',
      raw bytea default '\\xdeadbeef', took interval default '1 day 2 hours', twice int generated always as (owner_id * 2) stored);
    create index on app.orders (owner_id);
    create table app.log (line text);
    create table app."odd ""name" ("a b" int references app.orders (id), dbops_row text);
    create view app.expensive as select * from app.orders where price > 10;
    create materialized view app.totals as select owner_id, count(*) as n from app.orders group by 1;
    create function app.answer() returns int language sql as 'select 42';
    insert into app.orders (owner_id, note) select n % 5, 'canary-row ' || n from generate_series(1, 2000) n;
    insert into app.log select 'line ' || n from generate_series(1, 500) n;
    insert into app."odd ""name" values (1, E'tab\\tand\\nline'), (null, null), (null, null);
    refresh materialized view app.totals;
    alter table app.orders owner to shop_owner;
    grant select on all tables in schema app to shop_reader;
    grant usage on schema app to shop_reader;
    grant select (note) on app.orders to public;
    alter default privileges for role shop_owner in schema app grant select on tables to shop_reader;
    alter table app.orders enable row level security;
    alter table app.orders force row level security;
    create policy tenant_isolation on app.orders using (owner_id::text = current_setting('app.current_user_id', true));
    comment on table app.orders is 'what was ordered';
    alter database ${database} set statement_timeout = '5min';
    grant connect on database ${database} to shop_reader;
    `,
    database,
  )
}
