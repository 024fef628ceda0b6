// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose requests come too slowly, whatever little they send from time to time.
///
/// Headers must be whole after a set time from the connection's opening, or after the time for which
/// it may be silent between two requests; a body must come with a least speed. An idle time-out alone is kept alive by one byte a
/// minute (slow-loris).
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let options: ServerOptions
    private var timer: Scheduled<Void>?
    private var bodyStart: NIODeadline?
    private var bodyBytes: Int64 = 0

    init(_ options: ServerOptions) {
        self.options = options
    }

    func handlerAdded(context: ChannelHandlerContext) {
        expectHead(context, within: options.headerSeconds)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            timer?.cancel()
            (bodyStart, bodyBytes) = (.now(), 0)
            expectBody(context)
        case .body(let bytes): bodyBytes += Int64(bytes.readableBytes)
        case .end:
            timer?.cancel()
            bodyStart = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), bodyStart == nil {
            expectHead(context, within: options.idleSeconds)
        }
        context.write(data, promise: promise)
    }

    private func expectHead(_ context: ChannelHandlerContext, within seconds: Int64) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            channel.close(promise: nil)
        }
    }

    private func expectBody(_ context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: .seconds(options.headerSeconds)) {
            let (handler, context) = loopBound.value
            guard let start = handler.bodyStart else { return }
            let seconds = (NIODeadline.now() - start).nanoseconds / 1_000_000_000
            guard handler.bodyBytes >= seconds * handler.options.slowestBody else {
                return context.close(promise: nil)
            }
            handler.expectBody(context)
        }
    }
}
