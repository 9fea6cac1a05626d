"""Services, as they are published, called and removed."""

import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self

import pytest
from sqlalchemy import Engine, event

from studiolo.services.keys import Key, hashes, matching_key, new_keys
from studiolo.store.identity import BlobDigest, EndpointId, KeyHash, ServiceId
from studiolo.store.records import Records
from studiolo.store.services import service_records
from studiolo.store.services.errors import (
    EndpointExistsError,
    EndpointUnknownError,
    ServiceUnknownError,
    TrafficFirstError,
    TrafficInvalidError,
    VersionInUseError,
    VersionUnknownError,
)
from studiolo.store.services.service_record import (
    EndpointLimits,
    EndpointSettings,
    KeySlot,
    Published,
    ServiceIsolation,
)

from .samples import KEYS, new_version

OTHER_KEYS = {KeySlot.PRIMARY: KeyHash("third"), KeySlot.SECONDARY: KeyHash("fourth")}
NOWHERE = EndpointId("0" * 32)


def publish(records: Records, service: str = "churn", **details: Any) -> Published:
    version = details.pop("version", new_version())
    return records.services.publish(version, service=service, keys=KEYS, **details)


class _Backwards(datetime):
    """A clock that is set back by an hour whenever it is looked at."""

    shown = datetime(2030, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        cls.shown -= timedelta(hours=1)
        return cls.fromtimestamp(cls.shown.timestamp(), tz)


class TestPublishing:
    def test_a_clock_that_is_set_back_changes_no_order(
        self, records: Records, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service_records, "datetime", _Backwards)
        first, second = publish(records), publish(records)
        assert second.version.created_at < first.version.created_at
        versions = records.services.versions(first.service.id)
        assert [version.number for version in versions] == [1, 2]
        assert records.services.traffic(first.endpoint.id).weights == {2: 100}
        assert records.services.rollback(first.endpoint.id).weights == {1: 100}

    def test_the_first_version_makes_the_service_and_its_default_endpoint(
        self, records: Records
    ) -> None:
        new = new_version(note="The first one.")
        published = publish(records, version=new, description="Who leaves?")
        service, endpoint = published.service, published.endpoint
        assert published.endpoint_is_new
        assert (service.name, service.description) == ("churn", "Who leaves?")
        assert datetime.now(UTC) - service.created_at < timedelta(minutes=1)
        assert len(service.id) == len(endpoint.id) == 32
        assert int(service.id, 16) != int(endpoint.id, 16)
        version = published.version
        assert (version.number, version.digest, version.schema) == (1, new.digest, new.schema)
        assert (version.experiment, version.row_wise) == ("churn-service", True)
        assert (version.note, version.removed_at) == ("The first one.", None)
        assert (endpoint.name, endpoint.isolation) == ("default", ServiceIsolation.REQUEST)
        assert endpoint.limits == EndpointLimits()
        assert records.services.services() == [service]
        assert records.services.service("churn") == service
        assert records.services.versions(service.id) == [version]
        assert records.services.endpoints(service.id) == [endpoint]
        assert records.services.endpoint(service.id) == endpoint
        assert records.services.endpoint_by_id(endpoint.id) == endpoint

    def test_the_next_version_takes_the_traffic_and_leaves_the_keys(self, records: Records) -> None:
        first = publish(records, description="Who leaves?")
        second = records.services.publish(
            new_version("b"),
            service="churn",
            keys=OTHER_KEYS,
            settings=EndpointSettings(isolation=ServiceIsolation.WORKER),
        )
        assert (second.version.number, second.endpoint_is_new) == (2, False)
        assert second.service == first.service
        assert second.endpoint.id == first.endpoint.id
        assert second.endpoint.isolation is ServiceIsolation.WORKER
        served = records.services.served(first.endpoint.id)
        assert served is not None
        assert served.endpoint == second.endpoint
        assert served.service == first.service
        assert served.traffic.weights == {2: 100}
        assert served.versions == {2: second.version}
        assert {key.slot: key.hash for key in served.keys} == KEYS
        assert records.services.all_served() == [served]

    def test_services_are_apart(self, records: Records) -> None:
        first, second = publish(records), publish(records, "age")
        assert second.version.number == 1
        assert [service.name for service in records.services.services()] == ["age", "churn"]
        assert first.endpoint.id != second.endpoint.id
        assert {served.service.name for served in records.services.all_served()} == {"age", "churn"}

    def test_all_are_read_in_as_many_statements_as_one(self, records: Records) -> None:
        def statements() -> list[str]:
            seen: list[str] = []

            def note(*arguments: Any) -> None:
                seen.append(arguments[2])

            event.listen(Engine, "before_cursor_execute", note)
            try:
                records.services.all_served()
            finally:
                event.remove(Engine, "before_cursor_execute", note)
            return seen

        publish(records)
        of_one = statements()
        service = publish(records).service.id
        for number in range(3):
            records.services.add_endpoint(service, f"e{number}", keys=KEYS, version=1 + number % 2)
        publish(records, "age")
        assert len(statements()) == len(of_one)
        served = records.services.all_served()
        assert [(it.service.name, it.endpoint.name, list(it.versions)) for it in served] == [
            ("churn", "default", [2]),
            ("churn", "e0", [1]),
            ("churn", "e1", [2]),
            ("churn", "e2", [1]),
            ("age", "default", [1]),
        ]

    def test_two_at_once_get_two_numbers(self, records: Records) -> None:
        with ThreadPoolExecutor(8) as threads:
            published = list(threads.map(lambda _: publish(records), range(24)))
        assert sorted(one.version.number for one in published) == list(range(1, 25))
        assert len({one.service.id for one in published}) == 1
        assert [one.endpoint_is_new for one in published].count(True) == 1
        traffic = records.services.traffic(published[0].endpoint.id)
        assert (traffic.weights, traffic.change) == ({24: 100}, 24)

    def test_all_of_it_is_recorded_or_nothing(self, records: Records) -> None:
        before = publish(records)
        missing = {KeySlot.PRIMARY: KeyHash("first")}
        with pytest.raises(KeyError):
            records.services.publish(
                new_version("b"),
                service="churn",
                keys=missing,
                endpoint="second",
                description="New words.",
            )
        assert records.services.services() == [before.service]
        assert records.services.versions(before.service.id) == [before.version]
        assert records.services.endpoints() == [before.endpoint]

    def test_a_service_that_was_mistyped_is_guessed(self, records: Records) -> None:
        with pytest.raises(ServiceUnknownError, match="Nothing is published yet"):
            records.services.service("churn")
        publish(records)
        with pytest.raises(ServiceUnknownError, match='Did you mean "churn"'):
            records.services.service("chrun")


class TestEndpoints:
    def test_another_endpoint_keeps_its_version(self, records: Records) -> None:
        publish(records)
        second = publish(records)
        limits = EndpointLimits(concurrent_calls=4, queued_calls=0, seconds=2.5, rows=10)
        added = records.services.add_endpoint(
            second.service.id,
            "partner",
            keys=OTHER_KEYS,
            settings=EndpointSettings(limits=limits, description="For the partner."),
        )
        publish(records)
        assert (added.limits, added.description) == (limits, "For the partner.")
        assert records.services.endpoint(second.service.id, "partner") == added
        assert records.services.traffic(added.id).weights == {2: 100}
        assert records.services.traffic(second.endpoint.id).weights == {3: 100}
        assert {key.slot: key.hash for key in records.services.key_hashes(added.id)} == OTHER_KEYS

    def test_it_can_begin_with_an_older_version(self, records: Records) -> None:
        publish(records)
        service = publish(records).service.id
        added = records.services.add_endpoint(service, "old", keys=KEYS, version=1)
        assert records.services.traffic(added.id).weights == {1: 100}

    def test_what_is_refused_changes_nothing(self, records: Records) -> None:
        service = publish(records).service.id
        with pytest.raises(EndpointExistsError, match='"churn" already has an endpoint "default"'):
            records.services.add_endpoint(service, "default", keys=KEYS)
        with pytest.raises(VersionUnknownError, match=r"v2 does not exist.*: v1"):
            records.services.add_endpoint(service, "second", keys=KEYS, version=2)
        with pytest.raises(ServiceUnknownError):
            records.services.add_endpoint(ServiceId("0" * 32), "second", keys=KEYS)
        with pytest.raises(EndpointUnknownError, match='The only one is "default"'):
            records.services.endpoint(service, "second")

    def test_settings_that_are_not_given_stay(self, records: Records) -> None:
        there = publish(records).endpoint
        limits = EndpointLimits(request_bytes=1 << 40)
        changed = records.services.change_endpoint(there.id, EndpointSettings(limits=limits))
        assert records.services.endpoint_by_id(there.id) == changed
        assert (changed.limits, changed.isolation) == (limits, there.isolation)

    def test_keys_are_rotated_one_at_a_time(self, records: Records) -> None:
        endpoint = publish(records).endpoint.id
        records.services.rotate(endpoint, KeySlot.SECONDARY, KeyHash("new"))
        primary, secondary = records.services.key_hashes(endpoint)
        assert (primary.slot, primary.hash, primary.rotated_at) == ("primary", "first", None)
        assert (secondary.slot, secondary.hash) == ("secondary", "new")
        assert secondary.rotated_at is not None
        assert "new" not in repr(secondary)

    @pytest.mark.parametrize("endpoint", [NOWHERE, "", "%", "' OR 1=1 --", "a\x00b"])
    def test_an_id_from_anybody_finds_nothing(self, records: Records, endpoint: str) -> None:
        publish(records)
        there = EndpointId(endpoint)
        assert records.services.endpoint_by_id(there) is None
        assert records.services.served(there) is None
        assert records.services.key_hashes(there) == []
        assert records.services.traffic_history(there) == []
        for refused in (
            lambda: records.services.traffic(there),
            lambda: records.services.rotate(there, KeySlot.PRIMARY, KeyHash("new")),
            lambda: records.services.set_traffic(there, {1: 100}),
            lambda: records.services.rollback(there),
            lambda: records.services.change_endpoint(there, EndpointSettings()),
        ):
            with pytest.raises(EndpointUnknownError):
                refused()


class TestTraffic:
    def endpoint_with(self, records: Records, versions: int) -> EndpointId:
        return [publish(records) for _ in range(versions)][-1].endpoint.id

    def test_it_is_divided_and_taken_back(self, records: Records) -> None:
        endpoint = self.endpoint_with(records, 3)
        divided = records.services.set_traffic(endpoint, {3: 90, 2: 10, 1: 0})
        assert divided.weights == {3: 90, 2: 10}
        assert records.services.traffic(endpoint) == divided
        assert records.services.rollback(endpoint).weights == {3: 100}
        # Once more goes back further, and not to and fro.
        assert records.services.rollback(endpoint).weights == {2: 100}
        assert records.services.set_traffic(endpoint, {1: 50, 3: 50}).weights == {1: 50, 3: 50}
        assert records.services.rollback(endpoint).weights == {2: 100}
        assert records.services.rollback(endpoint).weights == {1: 100}
        with pytest.raises(TrafficFirstError, match='"default" can\'t be rolled back'):
            records.services.rollback(endpoint)
        history = records.services.traffic_history(endpoint)
        assert [traffic.change for traffic in history] == list(range(1, 10))
        assert history[-1] == records.services.traffic(endpoint)

    @pytest.mark.parametrize(
        "weights", [{}, {1: 99}, {1: 100, 2: 100}, {1: 150, 2: -50}, {1: 101, 2: -1}]
    )
    def test_weights_that_do_not_sum_to_a_hundred(
        self, records: Records, weights: dict[int, int]
    ) -> None:
        endpoint = self.endpoint_with(records, 2)
        with pytest.raises(TrafficInvalidError, match="has not changed"):
            records.services.set_traffic(endpoint, weights)
        assert records.services.traffic(endpoint).weights == {2: 100}

    def test_versions_that_are_not_there(self, records: Records) -> None:
        endpoint = self.endpoint_with(records, 2)
        with pytest.raises(VersionUnknownError, match=r"v3 does not exist.*: v1, v2"):
            records.services.set_traffic(endpoint, {3: 100})
        found = records.services.endpoint_by_id(endpoint)
        assert found is not None
        records.services.remove_version(found.service, 1)
        with pytest.raises(VersionUnknownError, match=r"v1 was removed.*: v2"):
            records.services.set_traffic(endpoint, {1: 100})
        with pytest.raises(VersionUnknownError, match="v1 was removed"):
            records.services.rollback(endpoint)
        assert records.services.traffic(endpoint).weights == {2: 100}


class TestRemoving:
    def test_a_version_that_answers_calls_stays(self, records: Records) -> None:
        service = publish(records).service.id
        publish(records)
        records.services.add_endpoint(service, "old", keys=KEYS, version=1)
        with pytest.raises(VersionInUseError, match=r'it has traffic at "old"\. Give that'):
            records.services.remove_version(service, 1)
        with pytest.raises(VersionUnknownError):
            records.services.remove_version(service, 3)

    def test_a_version_with_jobs_stays_until_they_end(self, records: Records) -> None:
        first = publish(records)
        publish(records)
        job = records.jobs.submit(first.endpoint.id, {}, version=1)
        with pytest.raises(VersionInUseError, match="1 batch job of it has not ended"):
            records.services.remove_version(first.service.id, 1)
        records.jobs.cancel(job.id)
        records.services.remove_version(first.service.id, 1)
        assert records.jobs.job(job.id).version == 1

    def test_a_removed_version_keeps_its_number_and_lets_go_of_its_bytes(
        self, records: Records
    ) -> None:
        kept, gone = BlobDigest("1" * 64), BlobDigest("2" * 64)
        service = publish(records, version=new_version("a", blobs=[gone, kept])).service.id
        publish(records, version=new_version("b", blobs=[kept, kept]))
        assert records.referenced_blobs() == {kept, gone}
        records.services.remove_version(service, 1)
        assert records.referenced_blobs() == {kept}
        assert publish(records).version.number == 3
        removed = [version.removed_at for version in records.services.versions(service)]
        assert [moment is None for moment in removed] == [False, True, True]

    def test_a_service_goes_with_everything(self, records: Records) -> None:
        gone = publish(records, version=new_version(blobs=[BlobDigest("1" * 64)]))
        kept = publish(records, "age")
        job = records.jobs.submit(gone.endpoint.id, {}, version=1)
        records.jobs.start(job.id)
        records.services.remove_service(gone.service.id)
        records.services.remove_service(gone.service.id)
        assert records.services.services() == [kept.service]
        assert records.services.endpoints() == [kept.endpoint]
        assert records.services.versions(gone.service.id) == []
        assert records.services.key_hashes(gone.endpoint.id) == []
        assert records.jobs.jobs() == []
        assert records.referenced_blobs() == set()
        again = publish(records)
        assert again.service.id != gone.service.id
        assert again.version.number == 1

    def test_an_endpoint_goes_alone(self, records: Records) -> None:
        service = publish(records).service.id
        added = records.services.add_endpoint(service, "partner", keys=KEYS)
        records.services.remove_endpoint(added.id)
        records.services.remove_endpoint(added.id)
        assert [endpoint.name for endpoint in records.services.endpoints()] == ["default"]
        assert [version.number for version in records.services.versions(service)] == [1]


class TestSecrets:
    def test_no_key_is_in_the_records_or_in_what_is_said_of_them(
        self,
        records: Records,
        all_bytes: Callable[[], bytes],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        keys = new_keys()
        published = records.services.publish(new_version(), service="churn", keys=hashes(keys))
        rotated = Key.new()
        hashed = rotated.hashed()
        records.services.rotate(published.endpoint.id, KeySlot.SECONDARY, hashed)
        served = records.services.served(published.endpoint.id)
        assert served is not None
        assert matching_key(keys[KeySlot.PRIMARY].reveal(), served.keys) is KeySlot.PRIMARY
        assert matching_key(rotated.reveal(), served.keys) is KeySlot.SECONDARY
        assert matching_key(keys[KeySlot.SECONDARY].reveal(), served.keys) is None
        # A hash that can't be recorded: what the database says of it holds no values.
        with pytest.raises(Exception, match="endpoint_keys") as refused:
            records.services.rotate(published.endpoint.id, KeySlot.PRIMARY, None)  # type: ignore[arg-type]  # what a mistake would do
        said = f"{refused.value}{refused.value.__cause__}{caplog.text}{served!r}{published!r}"
        records.close()
        on_the_disk = all_bytes()
        assert hashed.encode() in on_the_disk
        assert published.service.id not in str(refused.value)
        for key in (*keys.values(), rotated):
            for secret in (key.reveal(), base64.b64decode(key.reveal()).hex()):
                assert secret not in said
                assert secret.encode() not in on_the_disk
            assert base64.b64decode(key.reveal()) not in on_the_disk
        assert hashed not in said
