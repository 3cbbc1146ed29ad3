"""Redis as a broker, with one fault of the library mended: a worker must not wait for ever for an answer that failed.

A worker takes no more messages than it has slots. kombu frees a slot after it told Redis that the message is done; when
Redis hangs just then, the error is logged and the slot stays taken. Two such moments, and a worker with two slots lives
and takes nothing any more. Here the slot is free in any case: the message stays with Redis, which hands it out again
after the visibility timeout, and a message that comes twice finds its row claimed or done.
"""

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except self.channel.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise


def mend() -> None:
    """For every channel to Redis of this process: the library has no setting for it."""
    redis.Channel.QoS = QoS
