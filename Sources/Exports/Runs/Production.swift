// SPDX-License-Identifier: Apache-2.0
import CSV
import Common
import Database
import Files

/// Step B: reads a window and makes its file in the spool; memory does not grow with rows.
final class Production {
    private let reading: RowReading
    private let window: Window
    private let pipe: PackingPipe
    private let sorter: EventSorter?
    private let judge: RowJudge
    private let compression: Compression
    private var writer: RecordWriter
    private var rows: Int64 = 0
    private var seen: Int64 = 0
    private var chunks = 0
    private var leftOut = LeftOut()

    /// Prepares the file of a planned run.
    init(_ run: ExportRun, _ reading: RowReading, _ services: ExportServices) throws {
        self.reading = reading
        window = run.plan.window
        compression = reading.export.definition.transfer.compression
        let name = "\(reading.export.workspace)-\(run.export)-\(run.seq)"
        pipe = PackingPipe(
            try Packer(
                to: try services.spool.create(.sealedExport, name: name),
                compression: compression,
                innerName: run.plan.innerName,
                moment: run.plan.dueAt
            )
        )
        sorter =
            reading.plan.isOrderedByEvent
            ? EventSorter(limit: services.sortLimit) {
                try services.spool.scratchPath(.sealedExport, "\(name)-sort-\($0)")
            } : nil
        judge = reading.judge(upTo: run.plan.window.to)
        writer = reading.writer
    }

    /// Makes the file; nil when there is no row and the export wants no empty file.
    ///
    /// The closure is called now and then with the number of rows that were read.
    func produce(from database: Database, progress: (Int64) throws -> Void) throws -> SealedFile? {
        do {
            writer.header(reading.plan.headers)
            try read(from: database, progress: progress)
            guard rows > 0 || reading.export.definition.emptyWindow == .headerOnly else {
                pipe.abandon()
                return nil
            }
            return SealedFile(
                packed: try pipe.finish(),
                rows: rows,
                columns: reading.plan.headers,
                leftOut: leftOut,
                compression: compression
            )
        } catch {
            pipe.abandon()
            throw error
        }
    }

    private func read(from database: Database, progress: (Int64) throws -> Void) throws {
        if sorter != nil { try flush() }
        try reading.each(of: window, from: database, row: take) {
            // Each report is a transaction of its own.
            if chunks % 50 == 0 { try progress(seen) }
            chunks += 1
        }
        if let sorter { try drain(sorter) }
        try flush()
    }

    private func take(_ cursor: any RowCursor) throws {
        seen += 1
        switch judge(cursor) {
        case .notOurs: return
        case .inactiveCampaign: leftOut.inactiveCampaigns += 1
        case .filteredSource: leftOut.sourceFilter += 1
        case .keep:
            rows += 1
            writer.record(reading.plan.cells, cursor)
            if let sorter { return try add(to: sorter, cursor) }
            if writer.csv.bytes.count >= PackingPipe.blockSize { try flush() }
        }
    }

    private func add(to sorter: EventSorter, _ cursor: any RowCursor) throws {
        let key = EventSorter.Key(
            moment: cursor.integer(SourceRelation.eventIndex),
            id: cursor.integer(SourceRelation.idIndex)
        )
        try sorter.add(writer.csv.bytes, key)
        writer.removeAll()
    }

    private func drain(_ sorter: EventSorter) throws {
        var block: [UInt8] = []
        block.reserveCapacity(PackingPipe.blockSize)
        try sorter.drain { record in
            block.append(contentsOf: record)
            guard block.count >= PackingPipe.blockSize else { return }
            try pipe.write(block)
            block.removeAll(keepingCapacity: true)
        }
        try pipe.write(block)
    }

    private func flush() throws {
        try pipe.write(writer.csv.bytes)
        writer.removeAll()
    }
}
