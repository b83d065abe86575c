BEGIN TRANSACTION;
CREATE TABLE command_key (
            key TEXT NOT NULL PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            spans TEXT NOT NULL
        ) WITHOUT ROWID;
INSERT INTO "command_key" VALUES('idle','0a','[]');
INSERT INTO "command_key" VALUES('both','51137189e0e9f3512b457059579e6dd3','[["loyalty/shop/d", 1, 1], ["loyalty/shop/c", 1, 1]]');
INSERT INTO "command_key" VALUES('key 0','7292672d608e4a5db231aaa7bfde644c','[["loyalty/shop/a", 1, 1]]');
INSERT INTO "command_key" VALUES('key 1','b59efe97f92274f92f55f034c8c14ee2','[["loyalty/shop/b", 1, 1]]');
INSERT INTO "command_key" VALUES('key 2','3ffdbae010dbedb2ad05c4f92f176d5e','[["loyalty/shop/a", 2, 2]]');
INSERT INTO "command_key" VALUES('key 3','1f58ba9c69cb8c6ce76dbc3ba3ac9036','[["loyalty/shop/a", 3, 3]]');
INSERT INTO "command_key" VALUES('key 4','20bbddf2383b1c06b11eefcf6a0c90c0','[["loyalty/shop/a", 4, 4]]');
INSERT INTO "command_key" VALUES('key 5','13ea0fe43862d1bb56c6f4b7251ff367','[["loyalty/shop/b", 2, 2]]');
INSERT INTO "command_key" VALUES('key 6','9e528b21f386242a9faac7b289a46c99','[["loyalty/shop/a", 5, 5]]');
INSERT INTO "command_key" VALUES('programme','59e3faa416f36a3fe5a275949fc5690c','[["loyalty/shop", 1, 1]]');
CREATE TABLE cursor (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
INSERT INTO "cursor" VALUES('notifier:mail','10');
CREATE TABLE event (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            stream INTEGER NOT NULL,
            version INTEGER NOT NULL,
            type TEXT NOT NULL,
            schema INTEGER NOT NULL,
            recorded_at_us INTEGER NOT NULL,
            data TEXT NOT NULL,
            UNIQUE (stream, version)
        );
INSERT INTO "event" VALUES(1,1,1,'loyalty.programme_published',1,1772323200000000,'{"content_id":"23409866c29a14f1","effective_from":"2026-03-01T00:00:00+00:00","programme":{"base":[{"id":"spend"}],"behaviours":[{"id":"share","limits":[{"times":2}],"points":50}],"currency":"CNY","expiry":{"after":{"days":30},"end_of":"month"},"multipliers":[{"factor":"2","id":"member-day","when":{"recurrence":"FREQ=MONTHLY;BYMONTHDAY=8"}}],"name":"Shop","tiers":{"ladder":[{"id":"bronze"},{"entry":"300","id":"silver"}],"window":{"rolling_days":20}},"timezone":"Asia/Shanghai"},"recorded_at":"2026-03-01T00:00:00+00:00"}');
INSERT INTO "event" VALUES(2,2,1,'loyalty.member_enrolled',1,1772323200000000,'{"recorded_at":"2026-03-01T00:00:00+00:00","tier":"bronze"}');
INSERT INTO "event" VALUES(3,3,1,'loyalty.member_enrolled',1,1772539200000000,'{"recorded_at":"2026-03-03T12:00:00+00:00","tier":"bronze"}');
INSERT INTO "event" VALUES(4,2,2,'loyalty.purchase_recorded',1,1772755200000000,'{"award":{"points":40,"programme":"23409866c29a14f1","rules":[{"points":40,"rule":"spend"},{"reason":"condition_not_met","rule":"member-day"}]},"currency":"CNY","day":"2026-03-06","kept_days":456,"lines":[{"amount":4000,"line":"1","points":40,"spend":4000},{"amount":50,"line":"2","spend":50}],"lot":{"active_at":"2026-03-06T00:00:00+00:00","cause":"order:O2","earned_at":"2026-03-06T00:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":1,"points":40},"occurred_at":"2026-03-06T00:00:00+00:00","order":"O2","recorded_at":"2026-03-06T00:00:00+00:00"}');
INSERT INTO "event" VALUES(5,2,3,'loyalty.purchase_recorded',1,1772971200000000,'{"award":{"points":181,"programme":"23409866c29a14f1","rules":[{"points":90,"rule":"spend"},{"points":91,"rule":"member-day"}]},"currency":"CNY","day":"2026-03-08","kept_days":456,"lines":[{"amount":9000,"line":"1","points":180,"spend":9000},{"amount":50,"line":"2","points":1,"spend":50}],"lot":{"active_at":"2026-03-08T12:00:00+00:00","cause":"order:O3","earned_at":"2026-03-08T12:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":2,"points":181},"occurred_at":"2026-03-08T12:00:00+00:00","order":"O3","recorded_at":"2026-03-08T12:00:00+00:00"}');
INSERT INTO "event" VALUES(6,2,4,'loyalty.behaviour_recorded',1,1773187200000000,'{"award":{"points":50,"programme":"23409866c29a14f1","rules":[{"points":50,"rule":"share"}]},"behaviour":"share","day":"2026-03-11","id":"S4","kept_days":456,"lot":{"active_at":"2026-03-11T00:00:00+00:00","cause":"deed:S4","earned_at":"2026-03-11T00:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":3,"points":50},"occurred_at":"2026-03-11T00:00:00+00:00","recorded_at":"2026-03-11T00:00:00+00:00"}');
INSERT INTO "event" VALUES(7,3,2,'loyalty.purchase_recorded',1,1773403200000000,'{"award":{"points":30,"programme":"23409866c29a14f1","rules":[{"points":30,"rule":"spend"},{"reason":"condition_not_met","rule":"member-day"}]},"currency":"CNY","day":"2026-03-13","kept_days":456,"lines":[{"amount":3000,"line":"1","points":30,"spend":3000},{"amount":50,"line":"2","spend":50}],"lot":{"active_at":"2026-03-13T12:00:00+00:00","cause":"order:O5","earned_at":"2026-03-13T12:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":1,"points":30},"occurred_at":"2026-03-13T12:00:00+00:00","order":"O5","recorded_at":"2026-03-13T12:00:00+00:00"}');
INSERT INTO "event" VALUES(8,2,5,'loyalty.points_redeemed',1,1773619200000000,'{"parts":[{"expires_at":"2026-04-30T16:00:00+00:00","lot":1,"points":21}],"points":21,"recorded_at":"2026-03-16T00:00:00+00:00","redemption":"R6"}');
INSERT INTO "event" VALUES(9,4,1,'loyalty.member_enrolled',1,1775779200000000,'{"recorded_at":"2026-04-10T00:00:00+00:00","tier":"bronze"}');
INSERT INTO "event" VALUES(10,5,1,'loyalty.member_enrolled',1,1775779200000000,'{"recorded_at":"2026-04-10T00:00:00+00:00","tier":"bronze"}');
CREATE TABLE ref (
            stream INTEGER NOT NULL,
            ref TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (stream, ref, version)
        ) WITHOUT ROWID;
INSERT INTO "ref" VALUES(2,'deed:S4',4);
INSERT INTO "ref" VALUES(2,'order:O2',2);
INSERT INTO "ref" VALUES(2,'order:O3',3);
INSERT INTO "ref" VALUES(2,'redemption:R6',5);
INSERT INTO "ref" VALUES(3,'order:O5',2);
CREATE TABLE snapshot (
            stream INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            fold TEXT NOT NULL,
            data TEXT NOT NULL
        );
INSERT INTO "snapshot" VALUES(2,3,'loyalty.member@1','{"enrolled_at":"2026-03-01T00:00:00+00:00","kept_days":456,"lots":[{"active_at":"2026-03-06T00:00:00+00:00","cause":"order:O2","earned_at":"2026-03-06T00:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":1,"points":40},{"active_at":"2026-03-08T12:00:00+00:00","cause":"order:O3","earned_at":"2026-03-08T12:00:00+00:00","expires_at":"2026-04-30T16:00:00+00:00","id":2,"points":181}],"opened":2,"recorded_at":"2026-03-08T12:00:00+00:00","tallies":{"spend":{"days":{"2026-03-06":4050,"2026-03-08":9050},"total":13100}},"tier":"bronze","tier_since":"2026-03-01T00:00:00+00:00","totals":{"issued":221}}');
CREATE TABLE stream (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            due_us INTEGER
        );
INSERT INTO "stream" VALUES(1,'loyalty/shop',1,NULL);
INSERT INTO "stream" VALUES(2,'loyalty/shop/a',5,1777564800000000);
INSERT INTO "stream" VALUES(3,'loyalty/shop/b',2,1777564800000000);
INSERT INTO "stream" VALUES(4,'loyalty/shop/c',1,NULL);
INSERT INTO "stream" VALUES(5,'loyalty/shop/d',1,NULL);
CREATE INDEX stream_due ON stream (due_us, name) WHERE due_us IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('event',10);
COMMIT;
