"""Milvus' standalone server of PyPI's package milvus, in the place of this process: milvus_server.py FOLDER PORT

That package starts the server as a child, which would outlive a parent that is killed, and takes no port that was just in use. There is one at
a time: its etcd has a fixed port, 2380.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys

from milvus import MilvusServer, MilvusServerConfig


def try_port(_config, port):
    """The port, bound, or None."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(('127.0.0.1', port))
        bound.listen()
        return bound
    except OSError:
        return None


PR_SET_PDEATHSIG = 1

folder, port = sys.argv[1:]
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the test, however that ends
MilvusServerConfig.try_bind_port = try_port
subprocess.Popen = lambda command, env, **_: os.execve(command[0], command, env)
MilvusServer(wait_for_started=False, data_dir=folder, proxy_port=int(port)).start()
