import Barchan
import CapnProto
import GrainSchemas

extension HostObjects {
    /// Passes on what an app says has happened, when it is known who the identities in it are.
    func note(_ event: Wire.ActivityEvent.Reader, by actor: [UInt8]?, _ call: HostCall) throws {
        var users: [(identity: RPCCapability, flags: ActivityUser)] = []
        for user in try event.users.prefix(Activity.maximumUsers) where user.mentioned || user.subscribed {
            guard let identity = try user.identity.flatMap(call.params.capability) else { continue }
            let flags = ActivityUser(identityID: [], isMentioned: user.mentioned, isSubscribed: user.subscribed)
            users.append((identity, flags))
        }
        identify(users[...], in: try Activity(event)) { [self] activity in
            ask(call.incoming) { host throws(HostError) in
                try await host.note(activity, by: actor)
            } then: {
                call.incoming.reply()
            }
        }
    }

    /// One after the other: an app has no more questions under way than it makes calls. Who is no identity of ours is nobody.
    private func identify(
        _ users: ArraySlice<(identity: RPCCapability, flags: ActivityUser)>, in activity: Activity,
        _ completion: @escaping (Activity) -> Void
    ) {
        guard let (identity, flags) = users.first else { return completion(activity) }
        find(identity) { [self] object in
            var activity = activity
            if let object = object as? IdentityObject {
                var user = flags
                user.identityID = object.identityID
                activity.users.append(user)
            }
            identify(users.dropFirst(), in: activity, completion)
        }
    }
}

extension Activity {
    init(_ event: Wire.ActivityEvent.Reader) throws(MessageError) {
        self.init(type: Int(event.type), path: try event.path)
        if event.hasThread {
            threadPath = try event.thread.path
            threadTitle = try event.thread.title.defaultText
        }
        if event.hasNotification { caption = try event.notification.caption.defaultText }
    }
}
