"""The cast of the sample world: six customers of a small provider, each in another situation."""

import datetime as dt

from opsportal.sandbox.world import (
    Customer,
    Database,
    Disk,
    Environment,
    Opening,
    Person,
    Rhythm,
    Server,
    Site,
    Special,
    World,
)

AOBA = Customer(
    slug="aoba",
    name="青葉書店",
    kana="アオバショテン",
    plan="full_support",
    opens="10:00",
    closes="20:00",
    open_days=(0, 1, 2, 3, 4, 5, 6),
    night_choice="recover_first",
    holidays="ordinary",
    special=(
        Special("blackout", "12-10", 16, "クリスマス商戦"),
        Special("closed", "12-31", 3, "年末年始休業"),
    ),
    night_from="23:00",
    people=(
        Person("青木 由美", "アオキ ユミ", "owner@aoba.example", "owner", "EC事業部 部長", "+81-3-5550-0101"),
        Person("大塚 修", "オオツカ オサム", "approver@aoba.example", "approver", "EC事業部 課長", "+81-3-5550-0102"),
        Person("森田 直樹", "モリタ ナオキ", "developer@aoba.example", "developer", "開発担当", "+81-90-5550-0103"),
        Person("川口 恵", "カワグチ メグミ", "viewer@aoba.example", "viewer", "カスタマーサポート", "+81-3-5550-0104"),
    ),
    environments=(
        Environment(
            slug="production",
            name="本番",
            account="410276583911",
            site=Site(
                title="青葉書店オンライン",
                tagline="杜の都から、本のある暮らしを。",
                accent="#2f6f4f",
                items=("今月の新刊 ― 書店員が選ぶ10冊", "絵本フェア 開催中", "店頭受け取りなら送料無料"),
            ),
            servers=(
                Server("web-1", "t3.medium", "a", disk=Disk(40, 46.0, 0.06)),
                Server("web-2", "t3.medium", "c", disk=Disk(40, 45.0, 0.06)),
            ),
            databases=(
                Database(
                    "aoba-db",
                    "db.t4g.medium",
                    storage_gib=100,
                    storage_limit_gib=200,
                    multi_az=True,
                    retention_days=14,
                    busiest_connections=90,
                ),
            ),
            load_balancer=True,
            rhythm=Rhythm(6.0, 52.0, "evening"),
            backup="aws-backup",
            retention_days=14,
            agreed_retention_days=14,
        ),
    ),
)

HOKUTO = Customer(
    slug="hokuto",
    name="北斗旅館",
    kana="ホクトリョカン",
    plan="full_support",
    opens="07:00",
    closes="22:00",
    open_days=(0, 1, 2, 3, 4, 5, 6),
    night_choice="call_first",
    holidays="ordinary",
    special=(Special("blackout", "12-28", 8, "年末年始の繁忙期"),),
    remarks="紅葉と年末年始の繁忙期は、計画作業の日程を支配人と事前に相談する。",
    proposal_waits=True,
    people=(
        Person("北川 千鶴", "キタガワ チヅル", "owner@hokuto.example", "owner", "女将", "+81-138-555-201"),
        Person("北川 誠", "キタガワ マコト", "makoto@hokuto.example", "", "支配人", "+81-90-5550-0202"),
    ),
    environments=(
        Environment(
            slug="production",
            name="本番",
            account="523904118276",
            site=Site(
                title="北斗旅館 宿泊予約",
                tagline="星と湯けむりの宿。ご予約はこちらから。",
                accent="#27407a",
                items=("冬の味覚会席プラン", "露天風呂付き客室 残りわずか", "函館駅から無料送迎"),
            ),
            servers=(
                Server("web-1", "t3.small", "a", disk=Disk(30, 51.0, 0.05)),
                Server("web-2", "t3.small", "c", disk=Disk(30, 50.0, 0.05)),
            ),
            databases=(
                Database("hokuto-db", "db.t4g.small", "8.4.6", 50, 100, maintenance_window="tue:18:30-tue:19:00"),
            ),
            load_balancer=True,
            rhythm=Rhythm(4.0, 38.0, "evening"),
            backup="snapshots",
            retention_days=7,
            openings=(
                Opening("retire-instance", "web-1", {"days": 9}),
                Opening("reboot-event", "web-2", {"days": 6}),
                Opening("rds-maintenance", "hokuto-db", {"days": 12}),
            ),
        ),
    ),
)

MINATO = Customer(
    slug="minato",
    name="みなと水産",
    kana="ミナトスイサン",
    plan="full_support",
    opens="05:00",
    closes="15:00",
    open_days=(0, 1, 2, 3, 4, 5),
    night_choice="recover_first",
    holidays="sunday",
    special=(Special("blackout", "12-15", 17, "お歳暮・年末の出荷"), Special("closed", "01-01", 4, "正月休み")),
    night_from="20:00",
    night_until="04:00",
    people=(
        Person("港 健一", "ミナト ケンイチ", "owner@minato.example", "owner", "通販部長", "+81-22-555-0301"),
        Person("阿部 さくら", "アベ サクラ", "sakura@minato.example", "", "受注担当", "+81-90-5550-0302"),
    ),
    environments=(
        Environment(
            slug="production",
            name="本番",
            account="367118204955",
            site=Site(
                title="みなと水産 鮮魚便",
                tagline="今朝の水揚げを、明日の食卓へ。",
                accent="#0f6b8a",
                items=("三陸産 戻りかつお", "牡蠣 殻付き 2kg 便", "お歳暮ギフト 受付中"),
            ),
            servers=(
                Server("web-1", "t3.medium", "a", elastic_address=True, disk=Disk(50, 58.0, 0.08), data_disk_gib=100),
                Server("batch-1", "t3.small", "a", job="batch", disk=Disk(30, 33.0, 0.02)),
            ),
            databases=(Database("minato-db", "db.t4g.medium", "8.4.6", 80, 160, busiest_connections=70),),
            rhythm=Rhythm(5.0, 48.0, "daytime"),
            backup="snapshots",
            retention_days=7,
            openings=(Opening("miss-backup", "web-1", {"nights": 2}),),
        ),
    ),
)

SAKURAI = Customer(
    slug="sakurai",
    name="桜井会計事務所",
    kana="サクライカイケイジムショ",
    plan="notify_only",
    special=(Special("closed", "12-29", 6, "年末年始休業"),),
    night_choice="notify_only",
    people=(Person("桜井 正人", "サクライ マサト", "owner@sakurai.example", "owner", "所長", "+81-75-555-0401"),),
    environments=(
        Environment(
            slug="production",
            name="本番",
            account="680452937714",
            site=Site(
                title="桜井会計事務所",
                tagline="数字の先にある、経営の話をしましょう。",
                accent="#7a3b56",
                items=("年末調整のご案内", "インボイス制度 相談会", "採用情報"),
            ),
            servers=(Server("web-1", "t3.micro", "a", elastic_address=True, disk=Disk(20, 37.0, 0.03)),),
            databases=(Database("sakurai-db", "db.t4g.micro", "8.4.6", 20, 40, busiest_connections=18),),
            rhythm=Rhythm(2.0, 18.0, "office"),
            backup="aws-backup",
            retention_days=7,
            withheld_actions=("rds:DescribePendingMaintenanceActions", "backup:ListBackupJobs"),
        ),
    ),
)

KAZAMI = Customer(
    slug="kazami",
    name="風見ラボ",
    kana="カザミラボ",
    plan="incident_only",
    opens="10:00",
    closes="19:00",
    night_choice="recover_first",
    special=(Special("closed", "12-28", 8, "冬季休業"),),
    people=(Person("風見 遼", "カザミ リョウ", "owner@kazami.example", "owner", "代表取締役", "+81-3-5550-0501"),),
    environments=(
        Environment(
            slug="trial",
            name="テスト運用",
            account="295830467102",
            stage="trial",
            site=Site(
                title="風見ノート",
                tagline="気象データで、現場の段取りを一歩先へ。",
                accent="#5a4fb0",
                items=("14日間の無料トライアル", "導入事例: 農園での霜予測", "API ドキュメント"),
            ),
            servers=(Server("web-1", "t3.small", "a", elastic_address=True, disk=Disk(30, 74.0, 0.9)),),
            databases=(Database("kazami-db", "db.t4g.small", "8.4.6", 30, 60, used_percent=55.0, growth_per_day=0.3),),
            rhythm=Rhythm(5.0, 41.0, "office"),
            backup="images",
            retention_days=7,
            past_gaps=(("web-1", 5),),
        ),
    ),
)

MARUNOUCHI = Customer(
    slug="marunouchi",
    name="丸の内ギャラリー",
    kana="マルノウチギャラリー",
    plan="full_support",
    opens="11:00",
    closes="19:00",
    open_days=(1, 2, 3, 4, 5, 6),
    night_choice="call_first",
    holidays="ordinary",
    special=(
        Special("closed", "12-07", 5, "展示替え"),
        Special("blackout", "12-12", 2, "企画展の開幕"),
        Special("closed", "12-28", 6, "年末年始休館"),
    ),
    people=(Person("西園寺 玲", "サイオンジ レイ", "owner@marunouchi.example", "owner", "館長", "+81-3-5550-0601"),),
    environments=(
        Environment(
            slug="production",
            name="本番",
            account="748201936650",
            site=Site(
                title="丸の内ギャラリー 展覧会案内",
                tagline="都心で出会う、静かな時間。",
                accent="#8a5a1f",
                items=("企画展「余白のかたち」", "ギャラリートーク 毎週土曜", "オンラインチケット"),
            ),
            servers=(
                Server("web-1", "t3.small", "a", disk=Disk(30, 42.0, 0.03)),
                Server("web-2", "t3.small", "c", disk=Disk(30, 42.0, 0.03)),
            ),
            databases=(Database("gallery-db", "db.t4g.small", "8.4.6", 40, 80, multi_az=True),),
            load_balancer=True,
            rhythm=Rhythm(3.0, 34.0, "daytime"),
            backup="aws-backup",
            retention_days=7,
        ),
        Environment(
            slug="staging",
            name="検証",
            account="748201936661",
            stage="staging",
            region="ap-northeast-3",
            site=Site(
                title="丸の内ギャラリー 展覧会案内(検証)",
                tagline="公開前の確認用サイトです。",
                accent="#6b6b6b",
                items=("企画展「余白のかたち」下書き", "チケット購入テスト"),
            ),
            servers=(Server("web-1", "t3.micro", "a", disk=Disk(20, 35.0, 0.02)),),
            databases=(
                Database(
                    "gallery-stg-db",
                    "db.t4g.micro",
                    "8.0.44",
                    20,
                    40,
                    retention_days=3,
                    certificate="rds-ca-2019",
                    certificate_valid_till=dt.date(2027, 2, 18),
                    auto_minor_upgrade=False,
                ),
            ),
            rhythm=Rhythm(1.5, 12.0, "office"),
            backup="snapshots",
            retention_days=3,
            agreed_retention_days=3,
        ),
    ),
)

SAMPLE_WORLD = World(
    customers=(AOBA, HOKUTO, MINATO, SAKURAI, KAZAMI, MARUNOUCHI),
    staff=(
        Person("高橋 葵", "タカハシ アオイ", "admin@opsportal.example", "admin"),
        Person("佐藤 健", "サトウ ケン", "operator@opsportal.example", "operator"),
    ),
)
