"""A small campaign, written straight into the tables of a booking database.

Three départements, four centres, two products of two doses and one of one, three classes. Every
centre has schedules for everything; slots come from `Campaign.add_slot` or `Campaign.fill_week`.
The clock of the tests stands at `NOW`, a Friday before the first week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

MONDAY = date(2021, 5, 31)
NOW = datetime(2021, 5, 28, 8, 0, tzinfo=UTC)
LONG_AGO = date(2021, 1, 4)
OPEN_AT = datetime(2021, 5, 1, tzinfo=UTC)
"""Default release of slots and quotas: before `NOW`, so that shares bind nobody."""
LATER = datetime(2021, 8, 1, tzinfo=UTC)
"""A release after `NOW`, so that shares and quotas bind."""

DEPARTMENTS = [
    ("75", "Paris", "11"),
    ("93", "Seine-Saint-Denis", "11"),
    ("2A", "Corse-du-Sud", "94"),
]
CENTRES = {1: ("paris", "75"), 2: ("bobigny", "93"), 3: ("ajaccio", "2A"), 4: ("bastille", "75")}
"""Id to code and département."""
PRODUCTS = {"pfizer": (1, 6, 2, 21, 49), "moderna": (2, 10, 2, 28, 49), "janssen": (3, 5, 1, 0, 0)}
"""Code to id, doses a vial, doses needed, shortest and longest interval in days."""
CLASSES = {"75": (1, date(2021, 1, 18)), "50": (2, date(2021, 5, 10)), "18": (3, date(2021, 6, 7))}
"""Code to id and opening: class 18 opens a week after the first slots."""
RANKS = {"pfizer": (1, 2), "moderna": (1, 2), "janssen": (1,)}


@dataclass(frozen=True, slots=True)
class Campaign:
    """A filled database; every method is a connection of its own."""

    url: str

    def rows(self, statement: str, *values: object) -> list[dict[str, object]]:
        """Rows of a statement, committed; also for statements that give none."""
        with psycopg.connect(self.url, row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def add_slot(
        self,
        centre: int = 1,
        product: str = "pfizer",
        rank: int = 1,
        day: date = MONDAY,
        at: time = time(9),
        *,
        capacity: int = 1,
        phone_kept: int = 0,
        standby_kept: int = 0,
        open_at: datetime = OPEN_AT,
        minutes: int = 60,
    ) -> int:
        """Add a slot, `at` in Paris time, and return its number inside the centre."""
        starts_at = datetime.combine(day, at, ZoneInfo("Europe/Paris"))
        slot_id = self.rows("SELECT count(*) + 1 AS next FROM slot WHERE centre_id = %s", centre)
        values = {
            "centre_id": centre, "slot_id": slot_id[0]["next"],
            "schedule_id": schedule_id(product, rank), "product_id": PRODUCTS[product][0],
            "dose_rank": rank, "day": day, "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes), "capacity": capacity, "taken": 0,
            "phone_kept": phone_kept, "standby_kept": standby_kept, "open_at": open_at,
        }  # fmt: skip
        with psycopg.connect(self.url) as connection:
            connection.execute(
                f"INSERT INTO slot ({', '.join(values)}) VALUES (%({')s, %('.join(values)})s)",
                values,
            )
        return int(str(values["slot_id"]))

    def add_quota(
        self, department: str, class_: str, slots: int, *, centre: int = 1,
        product: str = "pfizer", week: date = MONDAY, open_at: datetime = LATER,
    ) -> None:  # fmt: skip
        """Keep first doses of a week for one département and class."""
        self.rows(
            "INSERT INTO quota VALUES (%s, %s, %s, %s, %s, %s, 0, %s)",
            centre, PRODUCTS[product][0], week, department, CLASSES[class_][0], slots, open_at,
        )  # fmt: skip

    def fill_week(self, capacity: int = 3, centres: Sequence[int] = tuple(CENTRES)) -> None:
        """Add, everywhere, three days of first doses and two of second doses five weeks later."""
        for centre in centres:
            for product, ranks in RANKS.items():
                for rank in ranks:
                    for offset in (0, 1, 2) if rank == 1 else (35, 36):
                        day = MONDAY + timedelta(days=offset)
                        self.add_slot(centre, product, rank, day, capacity=capacity)


def schedule_id(product: str, rank: int) -> int:
    """Return the number of a centre's schedule."""
    return 2 * (PRODUCTS[product][0] - 1) + rank


def fill_campaign(url: str) -> Campaign:
    """Fill an empty, migrated database with everything but slots and quotas."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO campaign VALUES (1, 'petite', %s, 8)", (MONDAY,))
        cursor.executemany(
            "INSERT INTO department VALUES (%s, %s, %s, 'Europe/Paris')", DEPARTMENTS
        )
        cursor.executemany(
            "INSERT INTO centre VALUES (%s, %s, %s, %s, 48.85, 2.35, '1 rue du Lac', '75000',"
            " 'Paris', '0100000000', %s, NULL, '123456', '09:00', '18:00', 4)",
            [(id_, code, f"Centre {code}", dep, LONG_AGO) for id_, (code, dep) in CENTRES.items()],
        )
        for code, (id_, vial, needed, low, high) in PRODUCTS.items():
            cursor.execute(
                "INSERT INTO product VALUES (%s, %s, %s, %s, %s)", (id_, code, code, vial, needed)
            )
            if needed == 2:
                cursor.execute(
                    "INSERT INTO dose_interval VALUES (%s, %s, %s, %s)", (id_, LONG_AGO, low, high)
                )
        cursor.executemany(
            "INSERT INTO priority_class VALUES (%s, %s, %s, %s)",
            [(id_, code, f"Classe {code}", opens) for code, (id_, opens) in CLASSES.items()],
        )
        _fill_rules(cursor)
    return Campaign(url)


def _fill_rules(cursor: psycopg.Cursor) -> None:
    # Janssen is for the two older classes, and not before 24 April.
    for product, ranks in RANKS.items():
        single = ranks == (1,)
        classes = [1, 2] if single else [1, 2, 3]
        from_date = date(2021, 4, 24) if single else LONG_AGO
        rules = [(PRODUCTS[product][0], class_id, 1, from_date) for class_id in classes]
        rules += [] if single else [(PRODUCTS[product][0], 0, 2, LONG_AGO)]
        cursor.executemany("INSERT INTO eligibility VALUES (%s, %s, %s, %s, NULL)", rules)
        cursor.executemany(
            "INSERT INTO schedule VALUES (%s, %s, %s, %s)",
            [(c, schedule_id(product, r), PRODUCTS[product][0], r) for c in CENTRES for r in ranks],
        )
