-- What a caller should hold of a table: all rows in their scopes that they may read, however they came
-- there. This looks at the table itself, not at the log: it finds what no trigger has seen.
create function sync.digest(t sync.tables, held text[], buckets int) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  digest jsonb;
begin
  execute format(
    $f$
    select coalesce(jsonb_agg(jsonb_build_array(b.bucket, b.rows, b.hash::text) order by b.bucket), '[]')
    from (
      select
        (hashtextextended(sync.canonical(%1$s), 0) & ($2 - 1))::int as bucket,
        count(*) as rows,
        bit_xor(hashtextextended(%2$s, 0)) as hash
      from %3$s t
      where (select %4$s from (select t.*) own) && $1
      group by 1
    ) b
    $f$,
    sync.key_wire(t.relation, sync.key_names(t.relation), 't.%1$I'), sync.canonical_row(t), t.relation, t.scopes
  )
  into digest using held, buckets;
  return digest;
exception
  -- No grant is one way of not being allowed to see a row.
  when insufficient_privilege then
    return '[]';
  -- The table was altered, sync.refresh is due: a pull does not show it either.
  when undefined_column or undefined_function or datatype_mismatch or data_exception then
    return null;
end
$$;

comment on function sync.digest is 'Count and hash of the caller''s rows by bucket: [[bucket, rows, hash]]. null where it can''t be told.';

revoke execute on function sync.digest from public;
grant execute on function sync.digest to authenticated;

create function sync.bucket_keys(t sync.tables, held text[], buckets int, wanted int[], most int) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  keys text[];
begin
  execute format(
    $f$
    select array(
      select %1$s from %2$s t
      where (hashtextextended(sync.canonical(%3$s), 0) & ($2 - 1))::int = any ($3) and (select %4$s from (select t.*) own) && $1
      limit $4
    )
    $f$,
    sync.key_text(t.relation, sync.key_names(t.relation), 't.%1$I'), t.relation,
    sync.key_wire(t.relation, sync.key_names(t.relation), 't.%1$I'), t.scopes
  )
  into keys using held, buckets, wanted, most;
  return keys;
exception when insufficient_privilege or undefined_column or undefined_function or datatype_mismatch or data_exception then
  return '{}';
end
$$;

comment on function sync.bucket_keys is 'Up to `most` keys of the caller''s rows in some buckets.';

revoke execute on function sync.bucket_keys from public;
grant execute on function sync.bucket_keys to authenticated;
