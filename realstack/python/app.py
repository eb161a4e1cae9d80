"""An application on a SLIM node, of the release that PYTHONPATH names: `app.py ENDPOINT SECRET_FILE NAME [COUNT]`.

It joins what it is invited to, and answers each message with what it heard. With COUNT it listens at so many names more.
"""

import asyncio
import sys

import slim_bindings


async def main(endpoint: str, secret_file: str, name: str, count: str = "0") -> None:
    slim_bindings.initialize_with_defaults()
    service = slim_bindings.get_global_service()
    with open(secret_file, encoding="utf-8") as file:
        app = service.create_app_with_secret(slim_bindings.Name(*name.split("/")), file.read().strip())
    connection = await service.connect_async(slim_bindings.new_insecure_client_config(endpoint))
    await app.subscribe_async(app.name(), connection)
    for number in range(int(count)):
        more = slim_bindings.Name(*f"{name}-{number}".split("/"))
        await app.subscribe_async(more, connection)
    print("ready", flush=True)
    # A task that nothing refers to may be collected.
    tasks = set()
    while True:
        session = await app.listen_for_session_async(None)
        tasks.add(asyncio.create_task(answer(session)))


async def answer(session: slim_bindings.Session) -> None:
    while True:
        try:
            message = await session.get_message_async(None)
        except slim_bindings.SlimError as error:
            # Anything but the end of the session is news of another member.
            if "closed" in str(error):
                return
            await asyncio.sleep(0.1)
            continue
        heard = message.payload.decode("utf-8", "replace")
        if not heard.startswith("heard:"):
            await session.publish_async(f"heard: {heard}".encode(), "text/plain", None)


asyncio.run(main(*sys.argv[1:]))
