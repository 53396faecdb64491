"""The customers' web sites: each as well as its servers and database are in the simulated AWS."""

import time
from html import escape

from opsportal.sandbox.estate import Place
from opsportal.sandbox.loopback import ConnectionDropped, Incoming, Reply
from opsportal.sandbox.simulation import Simulation

SERVING = ("available", "storage-optimization")
HTML = "text/html; charset=utf-8"


class Sites:
    """Answers for every site, told apart by the first part of the path."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def answer(self, incoming: Incoming) -> Reply:
        """The page of one site, in the health it has now."""
        place = next((row for row in self._simulation.estate if incoming.path.startswith(row.site_path)), None)
        if place is None:
            return Reply(404, _index(self._simulation).encode(), HTML)
        with self._simulation.lock:
            self._simulation.states.settle(self._simulation.clock.now())
            reply, seconds = self._page(place)
        time.sleep(seconds)
        return reply

    def _page(self, place: Place) -> tuple[Reply, float]:
        now = self._simulation.clock.now()
        states = self._simulation.states
        up = [
            server
            for server in place.servers
            if server.spec.job == "web"
            and states.instance(server.instance_id, now)[0] == "running"
            and states.checks(server.instance_id, now) == "ok"
            and self._simulation.agents.serves(server, now)
        ]
        if not up and not place.load_balancer_arn:
            # Nobody listens on the server's address, and nobody stands in front of it.
            raise ConnectionDropped
        if not up or any(self._simulation.conditions.open("site-down", place.account, place.region)):
            return Reply(503, BALANCER_503.encode(), "text/html", {"Server": "awselb/2.0"}), 0.0
        # A database that was restored beside them is not asked by the site.
        own = {database.name for database in place.environment.databases}
        asked = [database for database in place.databases if database.spec.name in own]
        if any(states.database(database, now) not in SERVING for database in asked):
            return Reply(500, DATABASE_ERROR.encode(), HTML), 0.2
        return Reply(200, _front_page(place).encode(), HTML, {"X-Powered-By": "PHP/8.3.26"}), self._delay(place)

    def _delay(self, place: Place) -> float:
        at = self._simulation.clock.now().timestamp()
        values = self._simulation.life.metrics_of(place)
        loads = [
            values["AWS/EC2", "CPUUtilization", (("InstanceId", server.instance_id),)](at) or 0.0
            for server in place.servers
            if server.spec.job == "web"
        ]
        load = max(loads, default=0.0)
        return 0.02 + load / 1500 + (2.5 if load > 95 else 0.0)


BALANCER_503 = """<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body>
<center><h1>503 Service Temporarily Unavailable</h1></center>
</body>
</html>
"""

DATABASE_ERROR = """<!DOCTYPE html>
<html lang="ja"><head><meta charset="utf-8"><title>データベースエラー</title></head>
<body style="font-family:sans-serif;margin:3em"><h1>データベース接続確立エラー</h1></body></html>
"""

PAGE = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="WordPress 6.9">
<title>{title}</title>
<style>
:root {{ --accent: {accent}; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; font-family: "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic", sans-serif; line-height: 1.8;
  color: #22252a; background: #fbfaf7; }}
header {{ background: var(--accent); color: #fff; padding: 3.5rem 1.5rem 3rem; }}
header > div, main {{ max-width: 52rem; margin: 0 auto; }}
h1 {{ margin: 0; font-size: 1.9rem; font-weight: 600; }}
header p {{ margin: .4rem 0 0; opacity: .92; }}
main {{ padding: 2rem 1.5rem 3rem; }}
h2 {{ font-size: 1.1rem; border-left: .3rem solid var(--accent); padding-left: .7rem; }}
ul {{ list-style: none; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); }}
li {{ background: #fff; border: 1px solid #e6e2da; border-radius: .5rem; padding: 1.1rem 1.2rem; }}
footer {{ text-align: center; color: #777; font-size: .85rem; padding: 0 0 2rem; }}
</style>
</head>
<body>
<header><div><h1>{title}</h1><p>{tagline}</p></div></header>
<main><h2>お知らせ</h2><ul>{items}</ul></main>
<footer>© {name}</footer>
</body>
</html>
"""


def _front_page(place: Place) -> str:
    site = place.environment.site
    return PAGE.format(
        title=escape(site.title),
        tagline=escape(site.tagline),
        accent=site.accent,
        items="".join(f"<li>{escape(item)}</li>" for item in site.items),
        name=escape(place.customer.name),
    )


def _index(simulation: Simulation) -> str:
    links = "".join(
        f'<li><a href="{row.site_path}">{escape(row.environment.site.title)}</a></li>' for row in simulation.estate
    )
    return f'<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>sites</title><ul>{links}</ul></html>'
