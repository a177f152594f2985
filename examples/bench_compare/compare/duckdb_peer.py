"""What DuckDB is asked to do: load evidence into a table, or answer from one. Prints the number of records.

Usage: duckdb_peer.py columns|messages|csv EVIDENCE STORE
       duckdb_peer.py ask MAILBOX STORE
       duckdb_peer.py version
"""

import sys

import duckdb

TEXT = "Id Operation Workload UserId ClientIP ClientIPAddress MailboxOwnerUPN MailboxGuid AppId ClientAppId SessionId ClientInfoString"
FEW = {name: "VARCHAR" for name in TEXT.split()} | {"CreationTime": "TIMESTAMP", "RecordType": "INTEGER", "LogonType": "INTEGER"}
MORE_TEXT = "ResultStatus OrganizationId UserKey ObjectId LogonUserSid ExternalAccess"
MANY = FEW | {name: "VARCHAR" for name in MORE_TEXT.split()} | {"UserType": "INTEGER", "OperationCount": "INTEGER"}

ITEM = "STRUCT(InternetMessageId VARCHAR)"
ITEMS = {"Id": "VARCHAR", "Folders": f"STRUCT(FolderItems {ITEM}[])[]", "Item": ITEM, "AffectedItems": f"{ITEM}[]"}
IDS = """
    list_concat(
        flatten(list_transform(coalesce(Folders, []), lambda folder:
            list_transform(coalesce(folder.FolderItems, []), lambda item: item.InternetMessageId))),
        list_transform(coalesce(AffectedItems, []), lambda item: item.InternetMessageId),
        [Item.InternetMessageId])
"""


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def lines(path, columns):
    types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in columns.items())
    return f"read_json({quoted(path)}, format = 'newline_delimited', columns = {{{types}}})"


def cells(path):
    structure = "{" + ", ".join(f'"{name}": "{kind}"' for name, kind in FEW.items()) + "}"
    table = f"read_csv({quoted(path)}, header = true, all_varchar = true, quote = '\"', escape = '\"', max_line_size = 16777216)"
    return f"(SELECT unnest(from_json(AuditData, {quoted(structure)})) FROM {table})"


def load(what, path, connection):
    if what == "csv":
        connection.execute(f"CREATE TABLE record AS SELECT * FROM {cells(path)}")
        return
    columns = MANY if what == "messages" else FEW
    connection.execute(f"CREATE TABLE record AS SELECT * FROM {lines(path, columns)}")
    if what == "messages":
        # Read twice: on the machines tried, faster than keeping the lists of one reading until both tables are made.
        ids = f"SELECT Id, unnest({IDS}) AS message FROM {lines(path, ITEMS)}"
        connection.execute(f"CREATE TABLE message AS SELECT * FROM ({ids}) WHERE message IS NOT NULL")


def main(what, *rest):
    if what == "version":
        print(duckdb.__version__)
        return
    subject, store = rest
    connection = duckdb.connect(store, read_only=what == "ask")
    question = "SELECT count(*) FROM record"
    if what == "ask":
        answer = connection.execute(f"{question} WHERE MailboxOwnerUPN = ?", [subject])
    else:
        load(what, subject, connection)
        answer = connection.execute(question)
    print(answer.fetchone()[0])
    connection.close()


main(*sys.argv[1:])
