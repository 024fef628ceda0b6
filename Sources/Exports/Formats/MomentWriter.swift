// SPDX-License-Identifier: Apache-2.0
import Common

/// Writes days and points in time as ASCII into memory of its own, without allocation.
struct MomentWriter {
    private let formats: ValueFormats
    private var offsets: ZoneOffsets
    private var bytes: [UInt8] = []
    /// The day of the last moment, and how it is written: those of a file lie close together.
    private var lastDay = Int64.min
    private var lastDayBytes: [UInt8] = []

    init(_ formats: ValueFormats) {
        self.formats = formats
        offsets = ZoneOffsets(formats.zone)
        bytes.reserveCapacity(40)
    }

    /// A day, by its count of days since 1970-01-01.
    mutating func day(_ number: Int64) -> [UInt8] {
        bytes.removeAll(keepingCapacity: true)
        append(Day(number: number), formats.dates)
        return bytes
    }

    /// A point in time, by its microseconds since the epoch.
    mutating func moment(_ microseconds: Int64) -> [UInt8] {
        bytes.removeAll(keepingCapacity: true)
        let utc = Instant(microseconds: microseconds)
        let offset = offsets.offset(at: utc)
        let local = Instant(seconds: utc.seconds + offset)
        let day = Day(utc: local)
        if day.number == lastDay {
            bytes.append(contentsOf: lastDayBytes)
        } else {
            append(day, formats.moments.date)
            (lastDay, lastDayBytes) = (day.number, bytes)
        }
        appendTime(Int(local.seconds - day.number * 86_400), offset: Int(offset))
        return bytes
    }

    private mutating func append(_ day: Day, _ format: DateFormat) {
        let date = day.components
        switch format {
        case .iso:
            append(date.year, 4)
            append("-")
            append(date.month, 2)
            append("-")
            append(date.day, 2)
        case .dayFirst:
            append(date.day, 2)
            append("/")
            append(date.month, 2)
            append("/")
            append(date.year, 4)
        case .monthFirst:
            append(date.month, 2)
            append("/")
            append(date.day, 2)
            append("/")
            append(date.year, 4)
        case .compact:
            append(date.year, 4)
            append(date.month, 2)
            append(date.day, 2)
        }
    }

    private mutating func appendTime(_ second: Int, offset: Int) {
        switch formats.moments {
        case .isoDate, .dayFirstDate, .monthFirstDate, .compactDate: return
        case .compact:
            append(second / 3_600, 2)
            append(second / 60 % 60, 2)
            append(second % 60, 2)
        case .dayFirst, .monthFirst: appendClock(second, separator: " ", hasSeconds: false)
        case .spaced, .dayFirstSeconds: appendClock(second, separator: " ")
        case .spacedWithOffset:
            appendClock(second, separator: " ")
            appendOffset(offset, utc: "+00:00")
        case .iso8601:
            appendClock(second, separator: "T")
            appendOffset(offset, utc: "Z")
        }
    }

    private mutating func appendClock(
        _ second: Int,
        separator: Unicode.Scalar,
        hasSeconds: Bool = true
    ) {
        append(separator)
        append(second / 3_600, 2)
        append(":")
        append(second / 60 % 60, 2)
        guard hasSeconds else { return }
        append(":")
        append(second % 60, 2)
    }

    private mutating func appendOffset(_ offset: Int, utc: StaticString) {
        guard offset != 0 else {
            return utc.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        append(offset < 0 ? "-" : "+")
        append(abs(offset) / 3_600, 2)
        append(":")
        append(abs(offset) / 60 % 60, 2)
    }

    private mutating func append(_ character: Unicode.Scalar) {
        bytes.append(UInt8(ascii: character))
    }

    private mutating func append(_ number: Int, _ width: Int) {
        guard number >= 0, number < (width == 4 ? 10_000 : 100) else {
            return bytes.append(contentsOf: padded(number, width).utf8)
        }
        if width == 4 {
            bytes.append(UInt8(48 + number / 1_000))
            bytes.append(UInt8(48 + number / 100 % 10))
        }
        bytes.append(UInt8(48 + number / 10 % 10))
        bytes.append(UInt8(48 + number % 10))
    }
}

/// A zone's offsets, remembered by the quarter of an hour: zones change on no finer grid.
struct ZoneOffsets {
    private let zone: Zone
    private var keys = [Int64](repeating: .min, count: 4_096)
    private var values = [Int64](repeating: 0, count: 4_096)

    init(_ zone: Zone) { self.zone = zone }

    /// The offset from UTC in seconds.
    mutating func offset(at instant: Instant) -> Int64 {
        guard zone != .utc else { return 0 }
        let seconds = instant.seconds
        let quarter = (seconds >= 0 ? seconds : seconds - 899) / 900
        let slot = Int(truncatingIfNeeded: quarter) & 4_095
        if keys[slot] == quarter { return values[slot] }
        let offset = zone.offset(at: instant)
        keys[slot] = quarter
        values[slot] = offset
        return offset
    }
}
