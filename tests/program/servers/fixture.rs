//! A server on a real socket that does exactly what a test says: which bytes, where they are split,
//! after which pause, and how the connection ends. It keeps every request, and notices when a
//! client disconnects.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

/// A request as received.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// Header names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The connection's number; requests on a reused connection share it.
    pub connection: usize,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// A socket, or TLS over one.
trait Stream: Read + Write {
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

/// The connection, for a script to write to.
pub struct Wire<'a> {
    stream: &'a mut dyn Stream,
    closed: &'a Sender<Instant>,
    keep: bool,
}

impl Wire<'_> {
    /// Sends bytes unchanged and at once.
    ///
    /// # Errors
    /// The client has gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Sends bytes in pieces of at most `size`, each in its own segment.
    ///
    /// # Errors
    /// The client has gone.
    pub fn send_in_pieces(&mut self, bytes: &[u8], size: usize) -> io::Result<()> {
        for piece in bytes.chunks(size.max(1)) {
            self.send(piece)?;
        }
        Ok(())
    }

    /// Sends a whole answer with its length; the connection stays open.
    ///
    /// # Errors
    /// The client has gone.
    pub fn answer(&mut self, status: &str, kind: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
        let body = body.as_ref();
        let length = body.len();
        self.send(format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        ))?;
        self.keep = true;
        self.send(body)
    }

    /// Sends a whole JSON answer with status 200.
    ///
    /// # Errors
    /// The client has gone.
    pub fn json(&mut self, body: &Value) -> io::Result<()> {
        self.answer("200 OK", "application/json", body.to_string())
    }

    /// Sends the head of a stream that ends with the connection.
    ///
    /// # Errors
    /// The client has gone.
    pub fn begin_stream(&mut self, kind: &str) -> io::Result<()> {
        self.send(format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n"
        ))
    }

    /// Waits; ends early, with an error, if the client closes the connection meanwhile.
    ///
    /// # Errors
    /// The client has gone; [`Fixture::closed`] says when.
    pub fn pause(&mut self, time: Duration) -> io::Result<()> {
        let time = time.max(Duration::from_millis(1));
        self.stream.socket().set_read_timeout(Some(time))?;
        let read = self.stream.read(&mut [0; 1]);
        self.stream.socket().set_read_timeout(None)?;
        match read {
            Ok(0) => {
                let _ = self.closed.send(Instant::now());
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                let _ = self.closed.send(Instant::now());
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// Keeps the connection for the next request, after an answer of known length.
    pub fn keep_open(&mut self) {
        self.keep = true;
    }

    /// Cuts the connection.
    pub fn cut(&mut self) {
        let _ = self.stream.socket().shutdown(Shutdown::Both);
    }
}

/// A server that runs until it is dropped.
pub struct Fixture {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    closed: Receiver<Instant>,
}

impl Fixture {
    /// Answers every request with `script`, each connection on its own thread.
    pub fn start(
        script: impl Fn(&Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(None, script)
    }

    /// The same over TLS.
    pub fn start_tls(
        config: ServerConfig,
        script: impl Fn(&Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(Arc::new(config)), script)
    }

    fn listen(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Request, &mut Wire) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (sender, closed) = channel();
        let (seen, script) = (Arc::clone(&requests), Arc::new(script));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let (seen, script, sender) =
                    (Arc::clone(&seen), Arc::clone(&script), sender.clone());
                let tls = tls.clone();
                thread::spawn(move || {
                    let script = script.as_ref();
                    let stream = secure(stream, tls)?;
                    serve(stream, connection, &seen, &sender, script)
                });
            }
        });
        Fixture {
            port,
            requests,
            closed,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no test panics in it").clone()
    }

    /// The requests for one path.
    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    /// When a client closed a connection during a [`Wire::pause`], if it does so within `wait`.
    pub fn closed(&self, wait: Duration) -> Option<Instant> {
        self.closed.recv_timeout(wait).ok()
    }
}

fn secure(socket: TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<Box<dyn Stream>> {
    socket.set_nodelay(true)?;
    Ok(match tls {
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(connection, socket))
        }
        None => Box::new(socket),
    })
}

fn serve(
    stream: Box<dyn Stream>,
    connection: usize,
    seen: &Mutex<Vec<Request>>,
    closed: &Sender<Instant>,
    script: &(impl Fn(&Request, &mut Wire) -> io::Result<()> + ?Sized),
) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader, connection)? {
        seen.lock()
            .expect("no test panics in it")
            .push(request.clone());
        let mut wire = Wire {
            stream: reader.get_mut().as_mut(),
            closed,
            keep: false,
        };
        script(&request, &mut wire)?;
        if !wire.keep {
            break;
        }
    }
    reader.get_ref().socket().shutdown(Shutdown::Both)
}

fn read_request(reader: &mut impl BufRead, connection: usize) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next(), words.next());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        method: method.unwrap_or_default(),
        path: path.unwrap_or_default(),
        headers,
        body,
        connection,
    }))
}
