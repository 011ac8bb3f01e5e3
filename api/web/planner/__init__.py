"""The planner's pages: scenarios, runs, plans, publication and the live campaign.

The only pages the server draws. They import planning and scenarios; booking imports none of it.
"""
