"""Price ascent: the continuous relaxation, solved through its dual in closed form.

Price capacity, doses and the fairness floor; then everybody's best (centre, product, first week,
second week) is a minimum that needs no LP solver, and the sum of the minima less the value of what
is priced is a lower bound. `docs/adr/0002-price-ascent.md` says why this and not an LP.
"""
