"""The seeker's page: tell, see, sharpen, decide. Whole without JavaScript; a small script of our own enhances it.

messages    what it says, in each language          showing     what it shows of a Slate, as plain records
colours     what it looks like, by the settings     views       what each page is made of
rendering   templates                               routes      forms in, pages and redirects out
"""

from firstfive.server.page.rendering import rendered
from firstfive.server.page.routes import ROUTES, home, refused
from firstfive.server.page.views import check

__all__ = ["ROUTES", "check", "home", "refused", "rendered"]
