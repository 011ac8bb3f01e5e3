"""The rules that keep the schema ready to be distributed, asked of PostgreSQL's catalogue.

A table says in its comment how it is distributed: `ref` (copied everywhere), `local` (one node),
or `dist:` and its key. Every query below gives the offenders of one rule.
"""

from __future__ import annotations

import psycopg

_ROLES = """
WITH role AS (
    SELECT oid, relname, split_part(obj_description(oid, 'pg_class'), ':', 1) AS kind,
        nullif(split_part(obj_description(oid, 'pg_class'), ':', 2), '') AS key
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relname NOT LIKE 'procrastinate%' AND relname <> 'alembic_version'
        AND NOT relispartition),
distributed AS (
    SELECT role.*, pg_attribute.attnum, pg_attribute.atttypid, pg_attribute.attnotnull
    FROM role LEFT JOIN pg_attribute ON attrelid = role.oid AND attname = key
    WHERE kind = 'dist'),
foreign_key AS (
    SELECT pg_constraint.*, child.kind AS child_kind, parent.kind AS parent_kind,
        child.key AS child_key, parent.key AS parent_key, child.relname AS child,
        array_position(conkey, mine.attnum) AS child_at,
        array_position(confkey, theirs.attnum) AS parent_at
    FROM pg_constraint JOIN role AS child ON conrelid = child.oid
    JOIN role AS parent ON confrelid = parent.oid
    LEFT JOIN distributed AS mine ON mine.oid = child.oid
    LEFT JOIN distributed AS theirs ON theirs.oid = parent.oid
    WHERE contype = 'f')
"""
RULES = {
    "every table says how it is distributed": """
        SELECT relname FROM role WHERE coalesce(kind, '') NOT IN ('ref', 'local', 'dist')
            OR (kind = 'dist') <> (key IS NOT NULL)""",
    "the key of a distributed table is its first column and never null": """
        SELECT relname FROM distributed WHERE attnum IS DISTINCT FROM 1 OR NOT attnotnull""",
    "keys of one name are of one type, those of centres int4": """
        SELECT key FROM distributed GROUP BY key HAVING count(DISTINCT atttypid) > 1
            OR key = 'centre_id' AND min(atttypid) <> 'int4'::regtype""",
    "the key leads every primary key and every unique index": """
        SELECT indexrelid::regclass::text
        FROM pg_index JOIN distributed ON indrelid = distributed.oid
        WHERE (indisunique OR indisexclusion) AND indkey[0] <> attnum""",
    "every distributed table has a primary key": """
        SELECT relname FROM distributed WHERE NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = distributed.oid AND indisprimary)""",
    "foreign keys stay inside a group, the key at the same place, or lead to a copied table": """
        SELECT conname FROM foreign_key WHERE parent_kind <> 'ref' AND (
            child_kind <> parent_kind OR child_kind = 'dist' AND (
                child_key <> parent_key OR child_at IS NULL OR child_at <> parent_at))""",
    "nothing copied everywhere refers to what is not": """
        SELECT conname FROM foreign_key WHERE child_kind = 'ref' AND parent_kind <> 'ref'""",
    "no foreign key empties a key": """
        SELECT conname FROM foreign_key WHERE child_at IS NOT NULL
            AND (confdeltype IN ('n', 'd') OR confupdtype IN ('n', 'd', 'c'))""",
    "no triggers, no rules": """
        SELECT tgname FROM pg_trigger JOIN role ON tgrelid = role.oid WHERE NOT tgisinternal
        UNION ALL SELECT rulename FROM pg_rewrite JOIN role ON ev_class = role.oid""",
    "ids and clocks come from the application: no defaults, no identity": """
        SELECT relname || '.' || attname FROM pg_attribute JOIN role ON attrelid = role.oid
        WHERE atthasdef OR attidentity <> ''""",
}


def offenders(url: str) -> dict[str, list[str]]:
    """Rules that do not hold, with the names of what breaks them."""
    with psycopg.connect(url) as connection:
        found = {
            rule: [row[0] for row in connection.execute(_ROLES + query)]
            for rule, query in RULES.items()
        }
    return {rule: names for rule, names in found.items() if names}
