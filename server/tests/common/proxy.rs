//! A proxy before a database that a test cuts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// A TCP proxy that can be cut: then it closes what is open and answers nothing new.
pub struct Proxy {
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
    changed: Arc<tokio::sync::Notify>,
}

impl Proxy {
    /// Before what listens at `target`.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            cut: Arc::default(),
            changed: Arc::default(),
        };
        let (cut, changed) = (proxy.cut.clone(), proxy.changed.clone());
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let (target, changed) = (target.clone(), changed.clone());
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                tokio::spawn(async move {
                    // What is not there closes what asked for it.
                    let Ok(mut server) = TcpStream::connect(target).await else {
                        return;
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        () = changed.notified() => {}
                    }
                });
            }
        });
        proxy
    }

    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}
