"""Starts processes until there may be no more, at most 4,000, and ends them. Prints how many there were, and what ended it."""
import os, signal, time

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
time.sleep(8)
for child in children:
    os.kill(child, signal.SIGKILL)
print('{"forks": %d, "why": "%s"}' % (len(children), why))
