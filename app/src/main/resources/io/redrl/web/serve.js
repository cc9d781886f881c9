<p>serve.js</p>
