// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Writes files of invented people: 10 columns, identifiers in random order, e-mail address and
/// phone number unrelated to them (goals.md, P1).
struct PeopleFile {
    static let columns = [
        "userId", "emailAddress", "gsmNumber", "firstName", "lastName", "language", "timeZone",
        "city", "birthDate", "loyaltyPoints",
    ]

    /// The identifiers, as a range of numbers.
    var people: Range<Int>
    /// Added to the last column, to make a file with one column changed.
    var change = 0

    func write(to path: String) throws {
        var buffer: [UInt8] = Array((PeopleFile.columns.joined(separator: ",") + "\n").utf8)
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw CocoaError(.fileNoSuchFile)
        }
        for position in shuffledPositions() {
            append(people.lowerBound + position, to: &buffer)
            guard buffer.count > 1 << 20 else { continue }
            try file.write(contentsOf: Data(buffer))
            buffer.removeAll(keepingCapacity: true)
        }
        try file.write(contentsOf: Data(buffer))
        try file.close()
    }

    /// The positions in an order that looks like chance and is the same each time.
    private func shuffledPositions() -> [Int] {
        var positions = Array(0..<people.count)
        for index in stride(from: positions.count - 1, to: 0, by: -1) {
            positions.swapAt(index, Int(PeopleFile.mix(UInt64(index)) % UInt64(index + 1)))
        }
        return positions
    }

    private func append(_ person: Int, to buffer: inout [UInt8]) {
        let hash = PeopleFile.mix(UInt64(person))
        let languages = ["en", "fr", "nl", "de"]
        let line =
            "U\(padded(person, 9)),m\(hash % 10_000_000_000)@mail\(hash % 97).example.com,"
            + "4477\(padded(Int(hash >> 20 % 100_000_000), 8)),First\(hash % 5_000),"
            + "Last\(hash % 20_000),\(languages[Int(hash % 4)]),Europe/Brussels,"
            + "City\(hash % 900),19\(50 + hash % 50)-0\(1 + hash % 9)-1\(hash % 9),"
            + "\(Int(hash % 10_000) + change)\n"
        buffer.append(contentsOf: line.utf8)
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// A mix of 64 bits, so that neighbours have nothing in common.
    static func mix(_ value: UInt64) -> UInt64 {
        var hash = value &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return (hash ^ hash >> 31) >> 1
    }
}
