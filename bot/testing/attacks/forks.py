"""Starts processes until there may be no more, at most 4,000, tells as an event how many there were, and ends them."""
import json, os, signal, time, urllib.request

children = []
why = "nothing"
try:
    while len(children) < 4000:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
except OSError as error:
    why = error.strerror
event = {"seq": 900000, "at": 0, "event": {"type": "log", "text": f"forks {len(children)}: {why}"}}
url = os.environ["ANTHROPIC_BASE_URL"].replace("/anthropic", "/v1/events")
headers = {"authorization": f"Bearer {os.environ['ANTHROPIC_API_KEY']}", "content-type": "application/json"}
urllib.request.urlopen(urllib.request.Request(url, json.dumps({"events": [event]}).encode(), headers))
time.sleep(8)
for child in children:
    os.kill(child, signal.SIGKILL)
