// SPDX-License-Identifier: Apache-2.0
public import Common

/// A connection in a read transaction: what it reads is one snapshot.
///
/// Never leaves the closure it was passed to.
public class Connection {
    let engine: any EngineConnection

    init(engine: any EngineConnection) {
        self.engine = engine
    }

    /// Runs a query and returns all of its rows; for results that are known to be small.
    public func rows(_ sql: String, _ values: [any SQLConvertible] = []) throws -> [Row] {
        var rows: [Row] = []
        try engine.each(sql, values.map(\.sql)) { cursor in
            rows.append(cursor.copy())
            return true
        }
        return rows
    }

    /// Runs a query and returns its first row, if there is one.
    public func row(_ sql: String, _ values: [any SQLConvertible] = []) throws -> Row? {
        var row: Row?
        try engine.each(sql, values.map(\.sql)) { cursor in
            row = cursor.copy()
            return false
        }
        return row
    }

    /// Runs a query and returns the first column of its first row, if there is a row.
    public func value<Value: SQLConvertible>(
        _ sql: String,
        _ values: [any SQLConvertible] = [],
        as type: Value.Type = Value.self
    ) throws -> Value? {
        try row(sql, values)?.get(0)
    }

    /// Runs a query and calls a closure for each row in place, until it returns false.
    public func each(
        _ sql: String,
        _ values: [any SQLConvertible] = [],
        _ body: (any RowCursor) throws -> Bool
    ) throws {
        try engine.each(sql, values.map(\.sql), body)
    }

    /// Finds rows by many keys at once, as fast as the engine can.
    ///
    /// The closure is called for each match with the position of its key.
    public func lookup(_ lookup: Lookup, _ body: (Int, any RowCursor) throws -> Void) throws {
        guard let span = lookup.denseSpan else { return try engine.lookup(lookup, body) }
        try walk(span, lookup, body)
    }

    /// Reads what lies between the first key and the last in one go, and passes what has a key.
    private func walk(
        _ span: ClosedRange<Int64>,
        _ lookup: Lookup,
        _ body: (Int, any RowCursor) throws -> Void
    ) throws {
        let key = lookup.columns.count
        var position = 0
        let values =
            [.integer(span.lowerBound), .integer(span.upperBound)] + lookup.fixed.map(\.value)
        try engine.each(lookup.spanSQL, values) { cursor in
            let found = cursor.integer(key)
            while let wanted = lookup.keys[position].integer, wanted < found { position += 1 }
            if lookup.keys[position].integer == found { try body(position, cursor) }
            return true
        }
    }
}

extension Connection {
    /// The names of all tables, sorted; the engine's own are left out.
    public func tableNames() throws -> [String] { try engine.tableNames().sorted() }

    /// The names of a table's columns, in order; none when there is no such table.
    public func columnNames(of table: String) throws -> [String] {
        try engine.columnNames(of: table)
    }

    /// The names of a table's indexes, sorted; those of keys are left out.
    public func indexNames(of table: String) throws -> [String] {
        try engine.indexNames(of: table).sorted()
    }

    /// How many rows are best found and written at once: few enough that whoever waits to write
    /// waits for a moment only, enough to be worth the way to a server.
    public var batchRows: Int { engine.batchRows }

    /// A condition: a text column holds a bound text somewhere, by bytes; null when it is null.
    public func contains(column: String, placeholder: String) -> String {
        engine.contains(column, placeholder)
    }

    /// A condition: a column of several values, kept as a JSON array, has a bound one among them;
    /// false when it is null.
    public func hasValue(column: String, placeholder: String) -> String {
        engine.hasValue(column, placeholder)
    }
}

/// A connection in a write transaction: all of it happens, or nothing.
public final class Transaction: Connection {
    /// A moment taken when the transaction began, by the injected clock.
    public let moment: Instant
    let waiting: () -> Bool
    private var drawnStamp: Stamp?
    var afterCommit: [@Sendable () -> Void] = []
    var ringsAfterCommit = false

    init(engine: any EngineConnection, moment: Instant, waiting: @escaping () -> Bool) {
        self.moment = moment
        self.waiting = waiting
        super.init(engine: engine)
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ values: [any SQLConvertible] = []) throws -> Int {
        try engine.execute(sql, values.map(\.sql))
    }

    /// Runs a guarded transition; no row changed means that someone else has it.
    ///
    /// - Returns: Whether a row was changed.
    public func guarded(_ sql: String, _ values: [any SQLConvertible] = []) throws -> Bool {
        try execute(sql, values) > 0
    }

    /// Starts a bulk insertion of rows into a table.
    public func insertion(into table: String, columns: [String]) throws -> any BulkWriter {
        try engine.insertion(into: table, columns: columns)
    }

    /// Starts a bulk update of rows found by a unique key column, which comes last in each row.
    ///
    /// The fixed columns have one value in all of the rows, such as the workspace. With a witness,
    /// each row ends with the value that this column had when the row was decided on: where it has
    /// another one by now, or the row is gone, the transaction fails with
    /// ``DatabaseError/conflict(_:)``, at the latest when it is committed.
    public func update(
        of table: String,
        columns: [String],
        key: String,
        witness: String? = nil,
        within fixed: [(column: String, value: SQLValue)] = []
    ) throws -> any BulkWriter {
        let keys = BulkKeys(key: key, witness: witness, fixed: fixed)
        return try engine.update(of: table, columns: columns, keys: keys)
    }

    /// Makes tables and indexes, or drops them.
    public func change(_ steps: [SchemaStep]) throws {
        for step in steps { try engine.change(step) }
    }

    /// The stamp of this transaction on the change clock, drawn at the first call.
    public func stamp() throws -> Stamp {
        if let drawnStamp { return drawnStamp }
        let stamp = try engine.drawStamp()
        drawnStamp = stamp
        return stamp
    }

    /// Whether someone else waits to write, or the transaction has lasted long enough; a bulk writer
    /// then ends it soon.
    public var othersAreWaiting: Bool { waiting() }

    /// Waits until no other transaction holds a name, and holds it until this one ends.
    ///
    /// For reading and then writing in a transaction that is not ``Isolation/serial``.
    public func lock(_ name: String) throws { try engine.lock(name) }

    /// Lets the commit return before it is on disk: a crash of the server may then forget it, but
    /// never something that was committed later and waited for the disk.
    ///
    /// For what is worth nothing after such a crash, and holds a lock that others wait for.
    public func mayBeForgotten() throws { try engine.mayBeForgotten() }

    /// Keeps a table that is about to be dropped from having rows: one that was committed after this
    /// transaction began to look, or will be, would go with the table unseen.
    ///
    /// - Throws: ``DatabaseError/conflict(_:)`` when there are rows.
    public func keepEmpty(_ table: String) throws { try engine.keepEmpty(table) }

    /// What a SELECT ends with that locks the rows it finds and passes over those that another
    /// transaction is changing; nothing where there is one writer at a time.
    public var skippingLocked: String { engine.skippingLocked }

    /// Waits until every stamp that was drawn is committed, and keeps new ones from being drawn.
    func lockEpoch() throws { try engine.lockEpoch() }

    /// Removes the clock row, to insert that of another epoch.
    func clearClock() throws { try engine.clearClock() }
    func assumeStatistics() throws { try engine.assumeStatistics() }

    /// Rings the database's ``Bell`` once the transaction has been committed.
    public func ringAfterCommit() { ringsAfterCommit = true }

    /// Calls a closure once the transaction has been committed.
    public func afterCommit(_ body: @escaping @Sendable () -> Void) {
        afterCommit.append(body)
    }
}

/// Writes many rows of one shape, cell by cell in column order.
///
/// Bytes given by pointer must stay valid until ``endRow()``. Rows may be sent when the writer is
/// finished, not before; ``finish()`` is mandatory.
public protocol BulkWriter: AnyObject {
    /// The next cell is null.
    func null()
    /// The next cell is an integer.
    func integer(_ value: Int64)
    /// The next cell is text, by its UTF-8 bytes.
    func utf8(_ bytes: UnsafeBufferPointer<UInt8>)
    /// The next cell is any value.
    func value(_ value: SQLValue)
    /// Ends the row.
    func endRow() throws
    /// Ends the writing and sends what is left.
    func finish() throws
}

/// How the rows of a bulk update are found.
struct BulkKeys {
    /// The unique column that names each row.
    var key: String
    /// A column that must still have the value it was decided on.
    var witness: String?
    /// Columns that have one value in all rows.
    var fixed: [(column: String, value: SQLValue)]

    /// The columns of which each row brings a value, in their order.
    var columns: [String] { [key] + (witness.map { [$0] } ?? []) }
}

/// What each engine implements for a connection (design/sql.md, "Hooks").
protocol EngineConnection: AnyObject {
    var batchRows: Int { get }
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int
    func each(_ sql: String, _ values: [SQLValue], _ body: (any RowCursor) throws -> Bool) throws
    func lookup(_ lookup: Lookup, _ body: (Int, any RowCursor) throws -> Void) throws
    func insertion(into table: String, columns: [String]) throws -> any BulkWriter
    func update(of table: String, columns: [String], keys: BulkKeys) throws -> any BulkWriter
    func change(_ step: SchemaStep) throws
    /// The ranges of ids that partitions of a workspace are there for; nil where none can be made.
    func partitions(of table: String, workspace: Int64) throws -> [Range<Int64>]?
    /// Whether rows of a range have come before its partition, so that it cannot be made.
    func hasSpilled(_ partition: Partition) throws -> Bool
    /// Makes a partition; false when it is there already or cannot be made.
    func make(_ partition: Partition) throws -> Bool
    /// Keeps everyone from a partition until the transaction ends; false when it is gone.
    func hold(_ partition: Partition) throws -> Bool
    /// Drops a partition that is held.
    func drop(_ partition: Partition) throws
    /// Whether a partition holds no row.
    func isEmpty(_ partition: Partition) throws -> Bool
    /// Ids that follow one another; returns the first.
    func allocate(_ count: Int, _ kind: String, workspace: Int64) throws -> Int64
    /// Waits for a name that one transaction holds at a time.
    func lock(_ name: String) throws
    /// Keeps stamps from being drawn until the transaction ends.
    func lockEpoch() throws
    /// Removes the clock row so that no transaction which began before draws a stamp by it.
    func clearClock() throws
    /// Tells the planner what it cannot find out by itself, after the schema changed.
    func assumeStatistics() throws
    /// Takes statistics of the part of a table that holds a row.
    func noteGrowth(of table: String, at id: Int64, workspace: Int64) throws
    /// The steps that keep all rows of a table, or those of a workspace, from being changed.
    func freezing(_ table: String, workspace: Int64?) -> [SchemaStep]
    /// The steps that take this back.
    func thawing(_ table: String, workspace: Int64?) -> [SchemaStep]
    func drawStamp() throws -> Stamp
    func tickBounds() throws -> TickBounds
    func tableNames() throws -> [String]
    func columnNames(of table: String) throws -> [String]
    func indexNames(of table: String) throws -> [String]
    func contains(_ column: String, _ placeholder: String) -> String
    func hasValue(_ column: String, _ placeholder: String) -> String
    /// Keeps rows out of a table that is about to be dropped, and fails when it has some.
    func keepEmpty(_ table: String) throws
    /// Does not wait for the disk at the commit.
    func mayBeForgotten() throws
    /// What a SELECT ends with that passes over rows in others' hands.
    var skippingLocked: String { get }
}
