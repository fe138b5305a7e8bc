"""Runs tiny-pacs with its web services alone, until SIGTERM.

Its own command also opens a DIMSE port on all addresses of the machine.

Usage: run_tiny_pacs.py CONFIGURATION.json
"""

import signal
import sys
import threading

from tiny_pacs.config import Config
from tiny_pacs.server import Server

configuration = Config()
configuration.update_config([sys.argv[1]])
stopping = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stopping.set())
server = Server(configuration)
server.bus.start()
while not stopping.wait(1):
    pass
server.bus.stop()
