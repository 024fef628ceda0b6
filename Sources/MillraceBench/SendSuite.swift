// SPDX-License-Identifier: Apache-2.0
import Foundation

/// P5 and P6 of goals.md: a send planned, and handed over by SMTP.
struct SendSuite {
    let options: Options

    /// About what a built mail of ``SendProcess/content`` has.
    private static let bytes = 2_300
    private static let sessions = 10

    /// P5: a tenth as many mails as rows into smtp-sink, against smtp-source with as many sessions;
    /// plain, and signed by DKIM with ed25519.
    func showDelivery(_ server: PostgresProcess?) throws {
        for signs in [false, true] {
            var smaller = options
            smaller.rows = options.rows / 10
            var results: [(ours: Double, floor: Double)] = []
            for _ in 0..<options.runs {
                results.append(try delivery(smaller, server, signs: signs))
            }
            let ours = median(results.map(\.ours))
            let floor = median(results.map(\.floor))
            let ratio = median(results.map { $0.ours / $0.floor })
            print(
                "\(server == nil ? "P5" : "P5p") \(smaller.rows) mails by SMTP"
                    + (signs ? ", signed: " : ": ")
                    + String(format: "%.0f a second, floor %.0f, ratio %.2f", ours, floor, ratio)
            )
        }
    }

    /// P6: a send planned for as many people as rows, against one sorted INSERT … SELECT of the rows.
    func showPlanning(_ server: PostgresProcess?) throws {
        var results: [(ours: Double, floor: Double)] = []
        for _ in 0..<options.runs { results.append(try planning(server)) }
        let ours = median(results.map(\.ours))
        let floor = median(results.map(\.floor))
        let ratio = median(results.map { $0.ours / $0.floor })
        print(
            "\(server == nil ? "P6" : "P6p") a send to \(options.rows) planned: "
                + String(format: "%.2f s, floor %.2f s, ratio %.2f", ours, floor, ratio)
        )
    }

    private func delivery(
        _ options: Options,
        _ server: PostgresProcess?,
        signs: Bool
    ) throws -> (ours: Double, floor: Double) {
        let (files, ground) = try people(options, server)
        defer { files.remove() }
        let sink = try MailSink()
        defer { sink.stop() }
        let seconds = try sink.floor(
            mails: options.rows,
            bytes: SendSuite.bytes,
            sessions: SendSuite.sessions
        )
        let words = try send(ground, files, port: sink.port, signs: signs)
        try ground.clear()
        guard words[2] == Double(options.rows) else {
            throw BenchError.importFailed("\(words[2]) of \(options.rows) mails were sent")
        }
        return (Double(options.rows) / words[0], Double(options.rows) / seconds)
    }

    private func planning(_ server: PostgresProcess?) throws -> (ours: Double, floor: Double) {
        let (files, ground) = try people(options, server)
        defer { files.remove() }
        let seconds = try send(ground, files, port: 0)[0]
        try ground.settle()
        let floor = try PlanFloor(address: ground.address).seconds()
        try ground.clear()
        return (seconds, floor)
    }

    /// A database with people, imported as the product does it.
    private func people(
        _ options: Options,
        _ server: PostgresProcess?
    ) throws -> (BenchFiles, Ground) {
        let files = try BenchFiles(options, .first)
        let ground = try Ground(files, server)
        _ = try Child(["import", ground.address, files.folder + "/data", files.first]).output()
        try ground.settle()
        return (files, ground)
    }

    private func send(
        _ ground: Ground,
        _ files: BenchFiles,
        port: Int,
        signs: Bool = false
    ) throws -> [Double] {
        let arguments = [
            "send", ground.address, files.folder + "/data", String(port),
            String(SendSuite.sessions), signs ? "dkim" : "plain",
        ]
        let words = try Child(arguments).output().split(whereSeparator: \.isWhitespace)
        let numbers = words.compactMap { Double($0) }
        guard numbers.count == 3 else { throw BenchError.importFailed("the send ended early") }
        return numbers
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
