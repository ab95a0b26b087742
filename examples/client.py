import sys

import grpc
from misti.matching.v1 import matching_service_pb2 as api, matching_service_pb2_grpc as rpc

# Clients take answers of 4 MiB unless told otherwise, and a large season's is larger.
channel = grpc.insecure_channel(sys.argv[1], options=[("grpc.max_receive_message_length", -1)])
service = rpc.MatchingServiceStub(channel)
sample = service.GetSample(api.GetSampleRequest(sample="TINY"))
request = api.MatchRequest(instance=sample.instance, policy=sample.policy)
outcome = service.Match(request, timeout=60).outcome
print(type(outcome).Status.Name(outcome.status), outcome.summary.placed_count, "placed")
for place in outcome.assignments:
    print(place.student_id, "->", place.project_id, place.points, "points")
