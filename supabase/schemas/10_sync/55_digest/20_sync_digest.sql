-- A pull that also says what the caller should hold once they have applied it (SPEC D1): for verifying a
-- copy, and mending what differs, whatever the cause. One snapshot, as in a pull, hence STABLE.
create function public.sync_digest(request jsonb) returns json
language plpgsql
stable
security invoker
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  most constant int := 2000;
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: a digest carries the token of a user.')
    else sync.digest_refusal(request)
  end;
  buckets int;
  scoped boolean;
  held text[];
  pulled json;
  t sync.tables;
  keys text[];
  found record;
  more json;
begin
  if refusal is not null then
    return refusal;
  end if;
  pulled := public.sync_pull(request - array['buckets', 'tables', 'repair']);
  if pulled ->> 'cursor' is null then
    -- More than a page is new, or the cursor can't be continued: first things first.
    return pulled;
  end if;
  buckets := (request -> 'buckets')::int;
  scoped := coalesce((request -> 'scopes')::boolean, false);
  held := sync.held_scopes();

  if request ? 'repair' then
    select * into t from sync.registered() s where s.name = request #>> '{repair,table}';
    keys := case when t.id is null then '{}' else sync.bucket_keys(
      t, held, buckets, array(select w::numeric::int from jsonb_array_elements_text(request #> '{repair,wanted}') w), most + 1
    ) end;
    if cardinality(keys) > most then
      return sync.refusal('too_large', format('More than %s rows: want fewer buckets, or make more of them.', most), 'repair.wanted');
    end if;
    select r.* into found from sync.read_rows(t, keys, held, scoped) r where keys <> '{}';
    more := json_build_object('repair', json_build_object(
      'table', request #> '{repair,table}', 'wanted', request #> '{repair,wanted}', 'rows', coalesce(found.rows, '[]'),
      'versions', found.versions, 'scopes', found.scopes
    ));
  else
    more := json_build_object('digest', (
      select coalesce(json_object_agg(s.name, d.digest), '{}')
      from sync.registered() s
      cross join lateral sync.digest(s, held, buckets) d(digest)
      where d.digest is not null and (not request ? 'tables' or request -> 'tables' ? s.name)
    ));
  end if;
  return (select json_object_agg(m.key, m.value) from (select * from json_each(pulled) union all select * from json_each(more)) m);
end
$$;

comment on function public.sync_digest is
  'What a caller should hold: {protocol, cursor, buckets, tables?, repair?} to a checkpoint with {digest} or {repair}.';

revoke execute on function public.sync_digest from public, anon;
grant execute on function public.sync_digest to authenticated;
