//! Answers of the site: whole, or cut short of what they announce.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};

/// What every answer carries.
pub(super) type SiteBody = UnsyncBoxBody<Bytes, Infallible>;

/// One answer.
pub(super) type SiteReply = Response<SiteBody>;

/// Until a connection ends that announced more than it had: bytes on their way are written first.
const CUT_AFTER: Duration = Duration::from_millis(20);

/// A body that is as long as it says.
pub(super) fn whole(bytes: impl Into<Bytes>) -> SiteBody {
    Full::new(bytes.into()).boxed_unsync()
}

/// A body that does not say how long it is, so that the header may say something else. What is
/// announced and does not come ends the connection.
pub(super) fn cut_short(bytes: Bytes) -> SiteBody {
    let frames = stream::unfold(Some(bytes), |bytes| async {
        match bytes {
            Some(bytes) if !bytes.is_empty() => {
                Some((Ok::<_, Infallible>(Frame::data(bytes)), Some(Bytes::new())))
            }
            Some(_) => {
                tokio::time::sleep(CUT_AFTER).await;
                None
            }
            None => None,
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

/// A body after which nothing comes, and the connection stays open until the client gives it up.
pub(super) fn kept_open(body: SiteBody) -> SiteBody {
    let bytes = body.into_data_stream().map_ok(Frame::data);
    StreamBody::new(bytes.chain(stream::pending())).boxed_unsync()
}
