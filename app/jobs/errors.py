"""Why a job stops in the middle. None of them is a fault of the job: it lets them pass."""


class Interrupted(Exception):
    """Base; what the job wrote in its open transaction is rolled back, its file thrown away."""


class Cancelled(Interrupted):
    """Its user called it off."""


class LeaseLost(Interrupted):
    """Its worker was silent for longer than the lease: the job is another's now."""


class Stopping(Interrupted):
    """The worker stops; the job goes back into the queue."""
