"""HTTP in, HTTP out.  Shared: http, routes, answers, browser, pages.

Surfaces, which do not know each other: the rest.
"""
