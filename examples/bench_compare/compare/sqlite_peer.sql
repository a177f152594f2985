-- SQLite reads the lines through a view, so that no copy of them is kept; the separators are bytes that no line holds.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE record(
    id TEXT, time TEXT, operation TEXT, type INTEGER, workload TEXT, user TEXT, ip TEXT, address TEXT, mailbox TEXT,
    mailbox_guid TEXT, app TEXT, client_app TEXT, logon INTEGER, session TEXT, agent TEXT);
CREATE TABLE line(text TEXT);
CREATE VIEW lines AS SELECT text FROM line;
CREATE TRIGGER taken INSTEAD OF INSERT ON lines BEGIN
    INSERT INTO record SELECT
        json_extract(new.text, '$.Id'), json_extract(new.text, '$.CreationTime'), json_extract(new.text, '$.Operation'),
        json_extract(new.text, '$.RecordType'), json_extract(new.text, '$.Workload'), json_extract(new.text, '$.UserId'),
        json_extract(new.text, '$.ClientIP'), json_extract(new.text, '$.ClientIPAddress'),
        json_extract(new.text, '$.MailboxOwnerUPN'), json_extract(new.text, '$.MailboxGuid'),
        json_extract(new.text, '$.AppId'), json_extract(new.text, '$.ClientAppId'), json_extract(new.text, '$.LogonType'),
        json_extract(new.text, '$.SessionId'), json_extract(new.text, '$.ClientInfoString');
END;
.mode ascii
.separator "\037" "\n"
.import 'EVIDENCE' lines
CREATE INDEX by_id ON record(id);
CREATE INDEX by_time ON record(time);
CREATE INDEX by_operation ON record(operation, time);
CREATE INDEX by_user ON record(user, time);
CREATE INDEX by_mailbox ON record(mailbox, time);
CREATE INDEX by_address ON record(address);
.mode list
SELECT count(*) FROM record;
