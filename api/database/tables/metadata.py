"""Names of constraints, and the column types that several tables share."""

from __future__ import annotations

from sqlalchemy import TIMESTAMP, Column, Integer, MetaData, SmallInteger, Text, Uuid

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Instant = TIMESTAMP(timezone=True)


def centre_key() -> Column[int]:
    """First column of every distributed table: int4, never null, never updated."""
    return Column("centre_id", Integer, primary_key=True, autoincrement=False)


def whole(name: str, *, null: bool = False, key: bool = False) -> Column[int]:
    """Column of whole numbers (int4)."""
    return Column(name, Integer, nullable=null, primary_key=key, autoincrement=False)


def small(name: str, *, null: bool = False, key: bool = False) -> Column[int]:
    """Column of small codes (int2)."""
    return Column(name, SmallInteger, nullable=null, primary_key=key, autoincrement=False)


def text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """Text column."""
    return Column(name, Text, nullable=null, primary_key=key)


def uuid(name: str, *, null: bool = False, key: bool = False) -> Column[object]:
    """Column of ids made by the client or the application, never by the database."""
    return Column(name, Uuid, nullable=null, primary_key=key)
