"""Scenarios about the way to AWS: what boto3 sees when AWS throttles, refuses, is slow or gone."""

from botocore.loaders import Loader
from botocore.model import ServiceModel

from opsportal.sandbox.calls import SERVICES
from opsportal.sandbox.scenarios.registry import Option, ScenarioError, Scene, Words, scenario

RATE = Option("rate", 1.0, Words("share of the calls, 0 to 1", "呼び出しのうちの割合(0〜1)"))
TIMES = Option("times", 0, Words("how many calls; 0 is without end", "何回か(0は無期限)"))
OPERATION = Option("operation", "", Words("only this one, such as rds:DescribeDBInstances", "この操作だけ"))


def _fault(scene: Scene, how: str, **facts) -> None:
    options = scene.options
    if not 0 < float(options.get("rate", 1)) <= 1:
        raise ScenarioError("--rate is above 0 and at most 1", "--rate は0より大きく1以下です")
    if int(options.get("times", 0)) < 0:
        raise ScenarioError("--times is 0 (without end) or more", "--times は0(無期限)以上です")
    facts |= {"how": how, "rate": float(options.get("rate", 1))}
    if options.get("times"):
        facts["times"] = int(options["times"])
    if options.get("operation"):
        facts["action"] = known_action(options["operation"])
    scene.begin("fault", **facts)


def known_action(text: str) -> str:
    """The action in AWS's own spelling, or an error that says how to write it."""
    prefix, _, operation = text.partition(":")
    model = next((service.model for service in SERVICES.values() if service.iam_prefix == prefix), "")
    names = _operations(model)
    found = next((name for name in names if name.lower() == operation.lower()), None)
    if found is None:
        raise ScenarioError(
            f"{text or 'nothing'} is no operation that the sandbox knows: write it like rds:DescribeDBSnapshots",
            f"{text or '(空)'} という操作はありません。rds:DescribeDBSnapshots のように指定してください",
        )
    return f"{prefix}:{found}"


def _operations(model: str) -> list[str]:
    return ServiceModel(Loader().load_service_model(model, "service-2")).operation_names if model else []


@scenario(
    "throttle",
    "AWS throttles the calls to an account",
    "AWSが呼び出しを制限する(スロットリング)",
    "environment",
    (RATE, TIMES, OPERATION),
)
def throttle(scene: Scene) -> Words:
    """RequestLimitExceeded, Throttling or ThrottlingException, by service."""
    _fault(scene, "throttled")
    return Words(f"{scene.where}: calls are throttled", f"{scene.where}: 呼び出しが制限されます")


@scenario(
    "deny",
    "the customer's role no longer allows an operation",
    "顧客のロールが、ある操作を許可しなくなる",
    "environment",
    (Option("operation", "", Words("which one, such as rds:DescribeDBSnapshots", "どの操作か"), required=True),),
)
def deny(scene: Scene) -> Words:
    """AccessDenied or UnauthorizedOperation, in AWS's words."""
    action = known_action(scene.options["operation"])
    scene.begin("denied", action=action)
    return Words(f"{scene.where}: {action} is denied", f"{scene.where}: {action} が拒否されます")


@scenario(
    "slow",
    "AWS answers late",
    "AWSの応答が遅くなる",
    "environment",
    (Option("seconds", 8.0, Words("how late", "何秒遅れるか")), RATE, TIMES, OPERATION),
)
def slow(scene: Scene) -> Words:
    """Every answer waits first."""
    seconds = float(scene.options["seconds"])
    if not 0 < seconds <= 120:
        raise ScenarioError("--seconds is above 0 and at most 120", "--seconds は0より大きく120以下です")
    _fault(scene, "slow", seconds=seconds)
    return Words(f"{scene.where}: answers {seconds:g} s late", f"{scene.where}: 応答が {seconds:g} 秒遅れます")


@scenario(
    "region-down",
    "nothing answers in the region of an environment",
    "環境のリージョンがまったく応答しなくなる",
    "environment",
    (
        Option(
            "how",
            "dropped",
            Words("dropped, unavailable (503) or off", "dropped(切断)、unavailable(503)または off(無効化)"),
        ),
    ),
)
def region_down(scene: Scene) -> Words:
    """Connections close, or answer 503, or the region takes no credentials; STS and IAM are not of the region."""
    ways = {"dropped": "dropped", "unavailable": "unavailable", "off": "unknown-key"}
    how = ways.get(scene.options["how"])
    if how is None:
        raise ScenarioError("--how is dropped, unavailable or off", "--how は dropped、unavailable、off のどれかです")
    _fault(scene, how, regional=True)
    return Words(f"{scene.where}: {scene.place.region} is down", f"{scene.where}: {scene.place.region} が応答しません")


@scenario(
    "wrong-account",
    "the credentials lead into another account than the one promised",
    "認証情報が、約束とは別のアカウントにつながる",
    "environment",
)
def wrong_account(scene: Scene) -> Words:
    """Sessions end; in new ones GetCallerIdentity names another account, and every read finds it empty."""
    real_now = scene.simulation.clock.real_now().timestamp()
    scene.begin("wrong-account", account="999900001111", real_since=real_now)
    return Words(f"{scene.where}: answers as 999900001111", f"{scene.where}: 999900001111 として応答します")


@scenario(
    "break-page",
    "answers come in small pages, and the second page of each fails",
    "応答が小さなページに分かれ、2ページ目が失敗する",
    "environment",
    (OPERATION,),
)
def break_page(scene: Scene) -> Words:
    """One row a page; whoever asks for the next gets an internal error."""
    _fault(scene, "broken", second_page=True)
    scene.begin("small-pages", size=1)
    return Words(f"{scene.where}: second pages fail", f"{scene.where}: 2ページ目が失敗します")


@scenario(
    "skew",
    "AWS thinks that the portal's clock is wrong",
    "ポータルの時計がずれているとAWSが判断する",
    "environment",
)
def skew(scene: Scene) -> Words:
    """RequestExpired or SignatureDoesNotMatch."""
    _fault(scene, "skewed")
    return Words(f"{scene.where}: requests count as expired", f"{scene.where}: リクエストが期限切れとされます")
