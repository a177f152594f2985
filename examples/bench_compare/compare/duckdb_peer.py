"""What DuckDB is asked to do: load evidence into a table, or answer from one. Prints the number of records.

Usage: duckdb_peer.py columns|messages|csv EVIDENCE STORE
       duckdb_peer.py ask MAILBOX STORE
       duckdb_peer.py answer QUESTIONS STORE    (times of many questions, as JSON)
       duckdb_peer.py version
"""

import json
import sys
import time

import duckdb

TEXT = "Id Operation Workload UserId ClientIP ClientIPAddress MailboxOwnerUPN MailboxGuid AppId ClientAppId SessionId ClientInfoString"
FEW = {name: "VARCHAR" for name in TEXT.split()} | {"CreationTime": "TIMESTAMP", "RecordType": "INTEGER", "LogonType": "INTEGER"}
MORE_TEXT = "ResultStatus OrganizationId UserKey ObjectId LogonUserSid ExternalAccess"
MANY = FEW | {name: "VARCHAR" for name in MORE_TEXT.split()} | {"UserType": "INTEGER", "OperationCount": "INTEGER"}

ITEM = "STRUCT(InternetMessageId VARCHAR)"
ITEMS = {"Id": "VARCHAR", "Folders": f"STRUCT(FolderItems {ITEM}[])[]", "Item": ITEM, "AffectedItems": f"{ITEM}[]"}
# Parameters must not be called like a column, whatever the case: `item.InternetMessageId` would be that of the column Item.
IDS = """
    list_concat(
        flatten(list_transform(coalesce(Folders, []), lambda one:
            list_transform(coalesce(one.FolderItems, []), lambda message: message.InternetMessageId))),
        list_transform(coalesce(AffectedItems, []), lambda message: message.InternetMessageId),
        [Item.InternetMessageId])
"""


# The conditions of each class of questions, as far as these tables can answer it: they hold no free text.
TEXTS = ", ".join(name for name, kind in MANY.items() if kind == "VARCHAR")
CONDITIONS = {
    "exact, listed": "MailboxOwnerUPN = $MAILBOX",
    "exact, not listed": "Operation = $OPERATION",
    "prefix": "starts_with(UserId, $BEGINNING)",
    "contains": "contains(UserId, $PART)",
    "bare word": f"contains(concat_ws(' ', {TEXTS}), $PART)",
    "time range": "CreationTime >= $FROM::TIMESTAMP AND CreationTime < $TO::TIMESTAMP",
    "and of three": "MailboxOwnerUPN = $MAILBOX AND Operation = $OPERATION AND CreationTime >= $FROM::TIMESTAMP",
    "not": "Operation IS DISTINCT FROM $OPERATION",
    "everything": "TRUE",
    "record id": "Id = $RECORD",
    "message id": "Id IN (SELECT Id FROM message WHERE message = $MESSAGE)",
}
ROWS = 100
STEPS = 160


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


def count(connection, condition, values):
    return connection.execute(f"SELECT count(*) FROM record WHERE {condition}", values).fetchone()[0]


def screen(connection, condition, values):
    """What a screen needs: the number, the first rows in order of time, the counts over time in equal steps."""
    span = f"SELECT count(*), min(epoch_us(CreationTime)), max(epoch_us(CreationTime)) FROM record WHERE {condition}"
    _, first, last = connection.execute(span, values).fetchone()
    columns = ", ".join(FEW)
    connection.execute(f"SELECT {columns} FROM record WHERE {condition} ORDER BY CreationTime LIMIT {ROWS}", values).fetchall()
    if first is not None:
        step = f"(epoch_us(CreationTime) - {first}) // {(last - first) // STEPS + 1}"
        connection.execute(f"SELECT {step} AS step, count(*) FROM record WHERE {condition} GROUP BY step", values).fetchall()


def timed(work):
    begun = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - begun


def answered(connection, condition, samples):
    names = [name for name in ("MAILBOX", "OPERATION", "BEGINNING", "PART", "FROM", "TO", "RECORD", "MESSAGE") if f"${name}" in condition]
    figures = {"hits": 0, "count": [], "screen": []}
    for sample in samples:
        values = {name: sample[name] for name in names}
        hits, seconds = timed(lambda: count(connection, condition, values))
        figures["hits"] += hits
        figures["count"].append(seconds)
        figures["screen"].append(timed(lambda: screen(connection, condition, values))[1])
    return figures


def first_answer(store, mailbox):
    with duckdb.connect(store, read_only=True) as connection:
        return count(connection, "MailboxOwnerUPN = $MAILBOX", {"MAILBOX": mailbox})


def answer_all(path, store):
    with open(path) as file:
        order = json.load(file)
    reopen = [timed(lambda: first_answer(store, order["mailbox"]))[1] for _ in range(order["rounds"])]
    with duckdb.connect(store, read_only=True) as connection:
        asked = {name: samples for name, samples in order["classes"].items() if name in CONDITIONS}
        classes = {name: answered(connection, CONDITIONS[name], samples) for name, samples in asked.items()}
    print(json.dumps({"reopen": reopen, "classes": classes}))


def main(what, *rest):
    if what == "version":
        print(duckdb.__version__)
        return
    subject, store = rest
    if what == "answer":
        answer_all(subject, store)
        return
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
