"""Runs a Pulumi program in Python for ../language-host.ts, with the runtime of the program's own SDK.

Arguments: the settings of the run as JSON (the parameters of pulumi.runtime.Settings), and the folder or file of the
program. The stack's configuration comes in the environment, as the SDK expects it.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback

import pulumi
from pulumi import runtime

# Tells the language host that the engine has been told what went wrong.
SAID_IT_ALREADY = 32


def main(settings: dict, program: str) -> int:
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(runtime.Settings(**settings))
    # After a failure the SDK leaves tasks behind; asyncio's complaints about them would hide the failure itself.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.argv = [program]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(runtime.run_in_stack(lambda: runpy.run_path(program, run_name="__main__")))
    except KeyboardInterrupt:
        # So the engine ends a program when the deployment has failed already. Leaving at once spares the five seconds for
        # which a normal exit would wait: the SDK's threads hang on calls to the engine.
        os._exit(SAID_IT_ALREADY)
    except Exception:  # whatever the program raises is for the user
        pulumi.log.error(f"The program failed:\n{traceback.format_exc()}")
        return SAID_IT_ALREADY
    finally:
        loop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2]))
