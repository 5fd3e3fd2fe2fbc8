"""What API v2 does of what people do on screens: jobs."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import SEES

OWN = "api/v2"

JOB = {"of": "job", "dialect": "own"}
JOBS = [
    Call("GET", f"{OWN}/jobs/<str:pk>", "operations.get", (SEES,), **JOB),
    Call("POST", f"{OWN}/jobs/<str:pk>/cancel", "operations.post", (SEES,), answers=(200, 409), **JOB),
    # The jobs of the matrix have left nothing.
    Call("POST", f"{OWN}/jobs/<str:pk>/continue", "operations.post", (SEES,), answers=(409,), **JOB),
]
